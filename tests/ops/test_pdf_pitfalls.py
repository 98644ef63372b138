"""What operations on whole PDFs do with files that only look like one, lie, or are damaged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import BadInputError, NeedsPasswordError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]

CHANGING: dict[str, dict[str, Any]] = {
    "compress-pdf": {},
    "make-safe": {},
    "stamp-pdf": {"text": "DRAFT"},
    "number-pages": {},
    "n-up": {},
    "pdf-metadata": {"action": "strip"},
}
every_operation = pytest.mark.parametrize("name", [*CHANGING, "repair-pdf"])
every_change = pytest.mark.parametrize("name", CHANGING)


def _asked(name: str) -> dict[str, Any]:
    return CHANGING.get(name, {})


@every_operation
def test_another_kind_of_file_under_the_name_of_a_pdf_is_refused(
    run: Run, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "picture.pdf"
    with pymupdf.open() as book:
        shown = book.new_page(width=20, height=20).get_pixmap()
    path.write_bytes(shown.tobytes("png"))  # MuPDF would open it

    with pytest.raises(UnsupportedError, match=r"picture\.pdf is not a PDF"):
        run(name, path, **_asked(name))


@every_operation
def test_no_pages_are_a_failure(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "none.pdf"
    with pikepdf.new() as pdf:
        pdf.save(path)

    with pytest.raises(BadInputError, match=r"none\.pdf has no pages"):
        run(name, path, **_asked(name))


@every_operation
def test_a_password_is_asked_for(run: Run, document: Path, name: str) -> None:
    with pikepdf.open(document, allow_overwriting_input=True) as pdf:
        pdf.save(document, encryption=pikepdf.Encryption(user="x", owner="y"))

    with pytest.raises(NeedsPasswordError, match=document.name):
        run(name, document, **_asked(name))
    work = run(name, document, passwords=["x"], **_asked(name))
    assert any("was opened with its password" in note for note in work.notes)
    verify(work.target, work.expected)


@every_change
def test_a_repair_is_told(run: Run, document: Path, name: str) -> None:
    content = document.read_bytes()
    document.write_bytes(content[: content.rindex(b"xref\n0")])

    work = run(name, document, **_asked(name))

    assert f"{document.name} is damaged and was repaired while reading; check the result." in (
        work.notes
    )
    verify(work.target, work.expected)


@every_change
@pytest.mark.parametrize("trap", ["outline-loop", "form-recursion", "xref-prev-loop"])
def test_traps_without_an_end_come_to_one(run: Run, corpus: Path, name: str, trap: str) -> None:
    path = corpus / "pdf-broken" / "generated" / f"gen-{trap}.pdf"

    work = run(name, path, **_asked(name))

    verify(work.target, work.expected)
