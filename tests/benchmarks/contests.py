"""Commands against commands: the same work by us and by others, in turns."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measuring import Run, measure, median
from tests.benchmarks.rows import Row

Words = list[str | Path]
OURS = "desktopproc"
PROGRAM = Path(sys.executable).with_name(OURS)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything, and where."""

    folder: Path
    photos: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to do the work, and the program it needs."""

    name: str
    needs: str
    words: Callable[[list[Path], Path], Words]
    bar: float | None = None  # how many times faster we have to be

    @property
    def is_installed(self) -> bool:
        return shutil.which(self.needs) is not None


@dataclass(frozen=True, slots=True)
class Contest:
    """One kind of work with all who can do it."""

    title: str
    sources: Callable[[Plan], list[Path]]
    ours: Callable[[list[Path]], Words]
    peers: Sequence[Peer]
    busy_bar: float | None = None  # percent of every core
    memory_bar: float | None = None  # MB at the worst moment

    def run(self, plan: Plan) -> tuple[list[Row], list[str]]:
        """The rows, and the peers that are not here."""
        sources = self.sources(plan)
        present = [peer for peer in self.peers if peer.is_installed]
        absent = [peer.name for peer in self.peers if peer not in present]
        runs: dict[str, list[Run]] = {name: [] for name in (OURS, *(p.name for p in present))}
        for turn in range(plan.rounds):
            runs[OURS].append(self._ours(plan, sources, turn))
            for peer in present:
                out = fresh(plan.folder / "out" / "peer")
                runs[peer.name].append(measure(peer.words(sources, out)))
        ours = median(runs[OURS])
        rows = [self._row(ours, peer, median(runs[peer.name])) for peer in present]
        alone = [] if rows else [Row(self.title, _figures(ours), "", "", "")]
        return [*rows, *alone, *self._busy_row(ours), *self._memory_row(ours)], absent

    def _ours(self, plan: Plan, sources: list[Path], turn: int) -> Run:
        """Every turn in a home of its own: nothing is remembered."""
        out = fresh(plan.folder / "out" / "ours")
        home = fresh(plan.folder / "out" / f"home-{turn}")
        words = [PROGRAM, *self.ours(sources), "-o", out, "--quiet"]
        return measure(words, environment={"DESKTOPPROC_HOME": str(home)})

    def _row(self, ours: Run, peer: Peer, theirs: Run) -> Row:
        ratio = theirs.wall_s / ours.wall_s
        bar = f"at least {peer.bar:g}x" if peer.bar else ""
        met = ratio >= peer.bar if peer.bar else None
        return Row(
            self.title, _figures(ours), peer.name, _figures(theirs), f"{ratio:.2f}x", bar, met
        )

    def _busy_row(self, ours: Run) -> list[Row]:
        if self.busy_bar is None or not ours.busy:
            return []
        least = min(ours.busy)
        shares = " ".join(f"{core:.0f} %" for core in ours.busy)
        title = f"{self.title}: cores busy"
        bar = f"at least {self.busy_bar:g} % each"
        return [Row(title, shares, "", "", f"{least:.0f} %", bar, least >= self.busy_bar)]

    def _memory_row(self, ours: Run) -> list[Row]:
        if self.memory_bar is None:
            return []
        bar = f"under {self.memory_bar:g} MB"
        figure = f"{ours.memory_mb:.0f} MB"
        title = f"{self.title}: memory"
        return [Row(title, figure, "", "", figure, bar, ours.memory_mb < self.memory_bar)]


def each(command: str) -> Callable[[list[Path], Path], Words]:
    """A program that takes one file at a time: $f is the file, $out the folder for the result."""
    loop = f"out=$1; shift; for f; do {command}; done"
    return lambda files, out: ["sh", "-c", loop, "sh", out, *files]


def _figures(run: Run) -> str:
    return f"{run.wall_s:.2f} s, CPU {run.cpu_s:.2f} s, {run.memory_mb:.0f} MB"


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
