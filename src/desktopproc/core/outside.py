"""What a job knows of the programs of others: which rest, and whom to tell how they did."""

from collections.abc import Callable, Collection


def rest_of(program: str) -> str:
    """What is said of a program that jobs do without for a while."""
    return f"{program} failed several times and rests for a while."


def _nobody(_: str, *, is_well: bool) -> None:
    """Where no engine listens."""


class Outside:
    """Programs go by their titles, such as "LibreOffice".

    Only what a program itself does wrong is a failure (it hangs, dies, cannot be started), not a
    file that it refuses.
    """

    def __init__(self, resting: Collection[str] = (), tell: Callable[..., None] = _nobody) -> None:
        """`tell(program, is_well=...)` hears of failures, and of the first success after one."""
        self._resting = frozenset(resting)
        self._tell = tell
        self._well: set[str] = set()
        self.has_failed = False  # what was made may turn out better another time

    def rest_of(self, program: str) -> str:
        """Why a program is not to be asked now, as a sentence; empty where it may be."""
        return rest_of(program) if program in self._resting else ""

    def succeeded(self, program: str) -> None:
        """It did its work, or refused a file in good order."""
        if program not in self._well:
            self._well.add(program)
            self._tell(program, is_well=True)

    def failed(self, program: str) -> None:
        self.has_failed = True
        self._well.discard(program)
        self._tell(program, is_well=False)
