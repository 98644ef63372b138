"""How far the built-in Word renderer and LibreOffice agree: pages and words of the same files.

Run it over a folder: `python -m tests.benchmarks.agreement ../shared/corpus/docx`.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from desktopproc.core.errors import ProcError
from desktopproc.formats.word.converting import Engine, to_pdf


@dataclass(frozen=True, slots=True)
class Compared:
    """One document: pages by us and by LibreOffice, and the F1 of their word multisets."""

    name: str
    ours: int
    theirs: int
    f1: float


def compare(files: Sequence[Path], folder: Path) -> Iterator[Compared]:
    """Render each file by both; files that either refuses are left out."""
    for file in files:
        ours, theirs = folder / "ours.pdf", folder / "theirs.pdf"
        try:
            for target, engine in ((ours, Engine.BUILT_IN), (theirs, Engine.LIBREOFFICE)):
                for _ in to_pdf(
                    file.name, file.read_bytes(), target, lambda _: None, engine=engine
                ):
                    pass
        except ProcError:
            continue
        (pages, words), (other_pages, other_words) = _read(ours), _read(theirs)
        yield Compared(file.name, pages, other_pages, f1(words, other_words))


def _read(file: Path) -> tuple[int, Counter[str]]:
    import pymupdf

    with pymupdf.open(file) as pdf:
        text = "\n".join(page.get_text() for page in pdf)
        return pdf.page_count, Counter(re.findall(r"\w+", text))


def f1(one: Counter[str], other: Counter[str]) -> float:
    """The harmonic mean of how much of each is in the other."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _main() -> None:
    files = sorted(Path(sys.argv[1]).rglob("*.do[ct][xm]"))
    with tempfile.TemporaryDirectory() as folder:
        found = sorted(compare(files, Path(folder)), key=lambda each: each.f1)
    same = sum(each.ours == each.theirs for each in found) / len(found)
    near = sum(abs(each.ours - each.theirs) <= 1 for each in found) / len(found)
    scores = [each.f1 for each in found]
    sys.stdout.write(
        f"{len(found)} documents: page counts agree in {same:.1%}, within one page in {near:.1%}; "
        f"word F1 median {median(scores):.3f}, worst tenth {scores[len(scores) // 10]:.3f}\n"
    )


if __name__ == "__main__":
    _main()
