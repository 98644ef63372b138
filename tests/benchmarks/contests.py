"""Commands against commands: the same work by us and by others, in turns."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.measuring import Run, measure, median
from tests.benchmarks.rows import Row

Words = list[str | Path]
OURS = "desktopproc"
PROGRAM = Path(sys.executable).with_name(OURS)
_REPORTS, _PAGES = 12, 250


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

    def run(self, plan: Plan) -> tuple[list[Row], list[str]]:
        """The rows, and the peers that are not here."""
        sources = self.sources(plan)
        present = [peer for peer in self.peers if peer.is_installed]
        absent = [peer.name for peer in self.peers if peer not in present]
        runs: dict[str, list[Run]] = {name: [] for name in (OURS, *(p.name for p in present))}
        for turn in range(plan.rounds):
            runs[OURS].append(self._ours(plan, sources, turn))
            for peer in present:
                out = _fresh(plan.folder / "out" / "peer")
                runs[peer.name].append(measure(peer.words(sources, out)))
        ours = median(runs[OURS])
        rows = [self._row(ours, peer, median(runs[peer.name])) for peer in present]
        alone = [] if rows else [Row(self.title, _figures(ours), "", "", "")]
        return [*rows, *alone, *self._busy_row(ours)], absent

    def _ours(self, plan: Plan, sources: list[Path], turn: int) -> Run:
        """Every turn in a home of its own: nothing is remembered."""
        out = _fresh(plan.folder / "out" / "ours")
        home = _fresh(plan.folder / "out" / f"home-{turn}")
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


def _figures(run: Run) -> str:
    return f"{run.wall_s:.2f} s, CPU {run.cpu_s:.2f} s, {run.memory_mb:.0f} MB"


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _photos(plan: Plan) -> list[Path]:
    return _first_photos(plan, plan.photos)


def _some_photos(plan: Plan) -> list[Path]:
    return _first_photos(plan, min(plan.photos, 100))


def _first_photos(plan: Plan, count: int) -> list[Path]:
    """So many photos in a folder of their own: ours is given the folder, others the files."""
    return inputs.photos(plan.folder / f"photos-{count}", count)


def _pdfs(plan: Plan) -> list[Path]:
    folder = plan.folder / "reports"
    return [inputs.pdf(folder / f"report-{number}.pdf", _PAGES) for number in range(_REPORTS)]


def _each(command: str) -> Callable[[list[Path], Path], Words]:
    """A program that takes one file at a time: $f is the file, $1 the folder for the result."""
    loop = f"out=$1; shift; for f; do {command}; done"
    return lambda files, out: ["sh", "-c", loop, "sh", out, *files]


def _vips(files: list[Path], out: Path, size: int, quality: int) -> Words:
    target = f"{out}/%s.jpg[Q={quality}]"
    return ["vipsthumbnail", "--size", f"{size}x{size}", "-o", target, *files]


def _parallel_vips(files: list[Path], out: Path) -> Words:
    each = _vips([], out, 256, 80)
    return ["parallel", "--quote", "-j2", *each, "{}", ":::", *files]


def _mogrify(files: list[Path], out: Path) -> Words:
    words: Words = ["mogrify", "-define", "jpeg:size=512x512", "-auto-orient"]
    return [*words, "-thumbnail", "256x256>", "-quality", "80", "-path", out, *files]


CONTESTS = (
    Contest(
        "thumbnails of 256 px",
        _photos,
        lambda files: ["thumbnail", files[0].parent, "--size", "256"],
        (
            Peer("parallel -j2 vipsthumbnail", "parallel", _parallel_vips, bar=1.4),
            Peer("vipsthumbnail", "vipsthumbnail", lambda f, out: _vips(f, out, 256, 80)),
            Peer("mogrify with a size hint", "mogrify", _mogrify, bar=1.8),
        ),
        busy_bar=90,
    ),
    Contest(
        "photos to 1600 px",
        _some_photos,
        lambda files: ["convert", *files, "--long-edge", "1600", "--quality", "85"],
        (Peer("vipsthumbnail", "vipsthumbnail", lambda f, out: _vips(f, out, 1600, 85)),),
    ),
    Contest(
        "photos into one PDF",
        _some_photos,
        lambda files: ["photos-to-pdf", *files],
        (Peer("img2pdf", "img2pdf", lambda f, out: ["img2pdf", *f, "-o", out / "all.pdf"]),),
    ),
    Contest(
        f"text of {_REPORTS} PDFs, {_REPORTS * _PAGES:,} pages",
        _pdfs,
        lambda files: ["extract-text", *files],
        (
            Peer("pdftotext", "pdftotext", _each('pdftotext "$f" "$out/${f##*/}.txt"')),
            Peer("mutool", "mutool", _each('mutool draw -q -F txt -o "$out/${f##*/}.txt" "$f"')),
        ),
    ),
    Contest(
        "60 PDF pages to JPEG, 150 dpi",
        lambda plan: [inputs.pdf(plan.folder / "sixty.pdf", 60)],
        lambda files: ["pdf-to-images", *files, "--dpi", "150", "--format", "jpg"],
        (
            Peer(
                "pdftoppm",
                "pdftoppm",
                lambda f, out: ["pdftoppm", "-jpeg", "-r", "150", *f, out / "page"],
            ),
        ),
    ),
    Contest(
        f"merge of {_REPORTS} PDFs",
        _pdfs,
        lambda files: ["merge-pdf", *files],
        (
            Peer(
                "qpdf",
                "qpdf",
                lambda f, out: ["qpdf", "--empty", "--pages", *f, "--", out / "all.pdf"],
            ),
        ),
    ),
)
