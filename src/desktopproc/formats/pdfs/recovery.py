"""Gets the pages out of a damaged PDF, by the way that saves the most of them."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, NeedsPasswordError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS
from desktopproc.formats.pdfs import unlocking

if TYPE_CHECKING:
    from pikepdf import Pdf

RECOVERY = ("pikepdf", "pymupdf")
"""What worker processes import once for operations that mend PDFs."""

_MARK = b"%PDF-"
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_MOST_OBJECT = 64 << 10  # bytes in which a page's dictionary ends
_MOST_PAGES = 100_000
_ALL_BUT_PICTURES = 2  # MuPDF unpacks them as far as they go, and packed in ways nobody else knows


@dataclass(frozen=True, slots=True)
class Recovered:
    """A document that can be read, how it was got at, and how many pages it should have.

    `is_whole` if nothing was wrong with it.
    """

    pdf: "Pdf"
    told: str = ""
    declared: int = 0
    is_whole: bool = False


def recovered(name: str, content: bytes, work: Work[Any]) -> Recovered:
    """The document with the most pages that any way gives; BadInputError when none gives one."""
    content = _from_mark(name, content)
    best: Recovered | None = None
    for way in _WAYS:
        found = _attempt(way, name, content, work)
        if found is None:
            continue
        if best is None or len(found.pdf.pages) > len(best.pdf.pages):
            best = found
        if best.is_whole:
            break
    if best is None:
        raise BadInputError(f"{name} has no pages that can be recovered. Get another copy of it.")
    return best


def _from_mark(name: str, content: bytes) -> bytes:
    """The file from the mark of a PDF on; a file that lost it but holds objects gets one."""
    if not content:
        raise BadInputError(f"{name} is empty. Copy it again.")
    start = content.find(_MARK)
    if start >= 0:
        return content[start:]
    if b"endobj" not in content:
        raise UnsupportedError(f"{name} is not a PDF. Check what it really is.")
    return _MARK + b"1.7\n" + content


Way = Callable[[str, bytes, Work[Any]], Recovered]


def _attempt(way: Way, name: str, content: bytes, work: Work[Any]) -> Recovered | None:
    import pikepdf
    import pymupdf

    try:
        found = way(name, content, work)
        return found if len(found.pdf.pages) and _can_be_walked(found.pdf) else None
    except NeedsPasswordError:
        raise
    except (pikepdf.PikepdfError, pymupdf.mupdf.FzErrorBase, BadInputError, *LIBRARY_ERRORS):
        return None


def _can_be_walked(pdf: "Pdf") -> bool:
    """Whether each page is one; raises what the library does when its tree is broken."""
    from pikepdf import Dictionary

    return all(isinstance(page.obj, Dictionary) for page in pdf.pages)


def _by_qpdf(name: str, content: bytes, work: Work[Any]) -> Recovered:
    if content.rstrip().endswith(b"endobj"):  # qpdf gives up an object behind which nothing comes
        content += b"\nstartxref\n0\n%%EOF\n"
    pdf = unlocking.by_pikepdf(name, io.BytesIO(content), work)
    declared: Any = pdf.Root.Pages.get("/Count")
    count = declared if isinstance(declared, int) and 0 < declared <= len(pdf.objects) else 0
    is_whole = not pdf.get_warnings() and declared == len(pdf.pages)
    told = "" if is_whole else "Its table of contents was rebuilt."
    return Recovered(pdf, told, count, is_whole)


def _by_mupdf(name: str, content: bytes, work: Work[Any]) -> Recovered:
    pdf, count = _through_mupdf(name, content, work)
    return Recovered(pdf, "Its objects were searched for anew.", count)


def _by_orphans(name: str, content: bytes, work: Work[Any]) -> Recovered:
    """Pages whose tree is gone: each object that is a page becomes one, in order of its number."""
    found = sorted(dict.fromkeys(_pages_in(content)))[:_MOST_PAGES]
    if not found:
        raise BadInputError(f"{name} has no pages.")
    highest = max(int(match[1]) for match in _OBJECT.finditer(content))
    tree, root = highest + 1, highest + 2
    kids = b" ".join(b"%d %d R" % number for number in found)
    added = (
        b"\nendstream endobj\n%d 0 obj\n<< /Type /Pages /Kids [%b] /Count %d >>\nendobj\n"
        b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n"
        b"trailer\n<< /Root %d 0 R /Size %d >>\nstartxref\n0\n%%%%EOF\n"
    ) % (tree, kids, len(found), root, tree, root, root + 1)
    pdf, _ = _through_mupdf(name, content + added, work)
    return Recovered(pdf, "Its list of pages was lost: order and sizes may be wrong.")


def _pages_in(content: bytes) -> Iterator[tuple[int, int]]:
    for match in _OBJECT.finditer(content):
        end = content.find(b"endobj", match.end(), match.end() + _MOST_OBJECT)
        if end > 0 and _PAGE.search(content, match.end(), end):
            yield int(match[1]), int(match[2])


def _by_pdfium(name: str, content: bytes, work: Work[Any]) -> Recovered:
    import pikepdf

    pdf = unlocking.by_pdfium(name, content, work)
    file = io.BytesIO()
    pdf.save(file)
    pdf.close()
    file.seek(0)
    return Recovered(pikepdf.open(file), "Its objects were searched for anew.")


def _through_mupdf(name: str, content: bytes, work: Work[Any]) -> tuple["Pdf", int]:
    """The document as MuPDF writes it with the pages that it can read, and how many there were."""
    import pikepdf
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with pymupdf.open(stream=content, filetype="pdf") as document:
        unlocking.by_pymupdf(name, document, work)
        count = min(int(document.page_count), _MOST_PAGES)
        readable = [index for index in range(count) if _is_readable(document, index)]
        if not readable:
            raise BadInputError(f"{name} has no pages.")
        if len(readable) < count:
            document.select(readable)
        written = document.tobytes(garbage=1, expand=_ALL_BUT_PICTURES, deflate=True)
    return pikepdf.open(io.BytesIO(written)), count


def _is_readable(document: Any, index: int) -> bool:
    import pymupdf

    try:
        document.load_page(index)
    except (pymupdf.mupdf.FzErrorBase, *LIBRARY_ERRORS):
        return False
    return True


_WAYS: tuple[Way, ...] = (_by_qpdf, _by_mupdf, _by_pdfium, _by_orphans)
"""The most faithful one first: a later one is taken only if it gives more pages."""
