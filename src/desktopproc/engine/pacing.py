"""Decides how many threads look at files at once."""


class Pacing:
    """Several where files are waited for, one where they only keep a core busy.

    Python runs one thread at a time, and handing over between threads that never wait takes as
    long as the work itself: headers that lie in memory are read twice as fast by one thread.
    """

    def __init__(self, most: int) -> None:
        self.allowed = 1
        self._most = most

    def learn(self, wall_s: float, cpu_s: float, at_once: int) -> None:
        """What one piece of work took while `at_once` of them were under way.

        That many threads that never wait take turns, so that each lasts `at_once` times as long.
        """
        self.allowed = self._most if wall_s > 2 * at_once * cpu_s else 1
