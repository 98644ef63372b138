"""Tells what else this computer is busy with: whether on battery, and what other programs use."""

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


class Surroundings:
    """Asks the system each time; where it does not tell, nothing else is going on."""

    def __init__(self, root: Path = Path("/")) -> None:
        """`root` is the folder in which /proc and /sys lie."""
        self._proc, self._supplies = root / "proc", root / "sys/class/power_supply"

    def is_on_battery(self) -> bool:
        """Whether the computer runs down its battery: sysfs-class-power."""
        if not sys.platform.startswith("linux"):
            import psutil  # deferred: Linux needs none

            found = psutil.sensors_battery()
            return found is not None and not found.power_plugged
        with suppress(OSError):
            supplies = sorted(self._supplies.iterdir())
            if any(_word(each / "online") == "1" for each in supplies):
                return False  # plugged in, though the battery may still report what it did before
            # batteries of mice and keyboards have the scope "Device"
            own = [each for each in supplies if _word(each / "scope") != "Device"]
            return any(_word(each / "status") == "Discharging" for each in own)
        return False

    def used_seconds(self) -> float:
        """Processor time that all programs have used since the computer was started."""
        if not sys.platform.startswith("linux"):
            import psutil  # deferred: Linux needs none

            times = psutil.cpu_times()
            return float(sum(times) - times.idle)
        with suppress(OSError, ValueError):
            # user, nice, system, then idle and iowait, which are no work: proc_stat(5)
            first = (self._proc / "stat").read_text("ascii").partition("\n")[0]
            numbers = [int(word) for word in first.split()[1:9]]
            return (sum(numbers) - sum(numbers[3:5])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    def own_seconds(self, workers: Collection[int]) -> float:
        """Processor time that this program has used, with workers and what they have started."""
        if not sys.platform.startswith("linux"):
            return _own_by_psutil(workers)
        ours, total = {os.getpid(), *workers}, 0
        with suppress(OSError):
            for entry in os.scandir(self._proc):
                if entry.name.isdigit():
                    total += _ticks(Path(entry.path) / "stat", int(entry.name), ours)
        return total / os.sysconf("SC_CLK_TCK")


def _word(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _ticks(file: Path, pid: int, ours: Collection[int]) -> int:
    """What a process of ours and its ended children have used, in clock ticks: proc_pid_stat(5).

    Workers lead sessions of their own, by which the programs are known that they have started.
    """
    try:
        words = file.read_text("ascii", "replace").rpartition(")")[2].split()
        if pid in ours or int(words[3]) in ours:
            return sum(int(word) for word in words[11:15])
    except (OSError, ValueError, IndexError):  # it has ended meanwhile
        pass
    return 0


def _own_by_psutil(workers: Collection[int]) -> float:
    import psutil  # deferred: Linux needs none

    total = 0.0
    for pid in (os.getpid(), *workers):
        with suppress(psutil.Error):
            total += sum(psutil.Process(pid).cpu_times()[:4])
    return total
