"""What is measured of text alone: one long PDF as text and as Markdown, and many Word documents."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, each
from tests.word_files import word_bytes

_PAGES, _MANUALS, _LETTERS = 352, 36, 300  # one PDF is over before start-up is


def _manual(plan: Plan) -> list[Path]:
    return [inputs.manual(plan.folder / "manual.pdf", _PAGES)]


def _manuals(plan: Plan) -> list[Path]:
    """Copies that differ, as the same file is worked on once."""
    (one,) = _manual(plan)
    folder = plan.folder / "manuals"
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"manual-{number:02}.pdf" for number in range(_MANUALS)]
    for number, file in enumerate(files):
        if not file.exists():
            file.write_bytes(one.read_bytes() + b"\n%% copy %d\n" % number)
    return files


def _letters(plan: Plan) -> list[Path]:
    """Word documents of about two pages, with headings, a table and a list of sentences."""
    folder = plan.folder / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"letter-{number:03}.docx" for number in range(_LETTERS)]
    for number, file in enumerate(files):
        if not file.exists():
            file.write_bytes(word_bytes(_letter(number)))
    return files


def _letter(number: int) -> str:
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    sentences = [
        f"Sentence {at} of letter {number} has a few words to say. " * 6 for at in range(12)
    ]
    cells = "".join(f"<w:tc>{paragraph(f'cell {at}')}</w:tc>" for at in range(4))
    table = f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * 8}</w:tbl>"
    return "".join(map(paragraph, sentences)) + table


_MUTOOL = Peer(
    "mutool",
    "mutool",
    lambda f, out: ["mutool", "draw", "-q", "-F", "txt", "-o", out / "t", *f],
)
_PDFTOTEXT = Peer("pdftotext", "pdftotext", lambda f, out: ["pdftotext", *f, out / "t"])
_EACH_MUTOOL = Peer(
    "mutool", "mutool", each('mutool draw -q -F txt -o "$out/${f##*/}.txt" "$f"'), 1.3
)
_EACH_PDFTOTEXT = Peer("pdftotext", "pdftotext", each('pdftotext "$f" "$out/${f##*/}.txt"'), 2.5)

CONTESTS = (
    Contest(
        f"text of one PDF, {_PAGES} pages",
        _manual,
        lambda files: ["extract-text", *files],
        (_MUTOOL, _PDFTOTEXT),
    ),
    Contest(
        f"text of {_MANUALS} PDFs of {_PAGES} pages",
        _manuals,
        lambda files: ["extract-text", *files],
        (_EACH_MUTOOL, _EACH_PDFTOTEXT),
    ),
    Contest(
        f"Markdown of one PDF, {_PAGES} pages",
        _manual,
        lambda files: ["extract-text", *files, "--format", "md"],
        (),
    ),
    Contest(
        f"text of {_LETTERS} Word documents",
        _letters,
        lambda files: ["extract-text", *files],
        (
            Peer("docx2txt", "docx2txt", each('docx2txt "$f" > "$out/${f##*/}.txt"'), 2.0),
            Peer("pandoc", "pandoc", each('pandoc -t plain "$f" -o "$out/${f##*/}.txt"')),
        ),
    ),
)
