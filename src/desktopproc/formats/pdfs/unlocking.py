"""Opens protected PDFs with the passwords of a job, alike for every library that reads them."""

import io
import stringprep
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS, needs_password, reading_pdf

if TYPE_CHECKING:
    import pymupdf
    import pypdfium2
    from pikepdf import Pdf

T = TypeVar("T")

_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_BY_OWNER = 4  # pdf_authenticate_password: the owner's password
_FORBIDDEN = (  # bits of P, ISO 32000-2 table 22, and what is not allowed where one is not set
    (1 << 2, "printing"),
    (1 << 3, "changes"),
    (1 << 4, "copying"),
    (1 << 5, "comments"),
    (1 << 8, "filling in forms"),
    (1 << 10, "moving pages"),
)


def by_pymupdf(name: str, pdf: "pymupdf.Document", work: Work[Any]) -> None:
    """Give an open document the password that it needs; NeedsPasswordError if none is right."""
    if not pdf.needs_pass:
        _tell(work, name, int(pdf.permissions), by_password=False)
        return
    verdict = _first(work.passwords, lambda password: pdf.authenticate(password) or None)
    if verdict is None:
        raise needs_password(name, len(work.passwords))
    allowed = -1 if verdict & _BY_OWNER else int(pdf.permissions)
    _tell(work, name, allowed, by_password=True)


def by_pikepdf(name: str, stream: BinaryIO, work: Work[Any]) -> "Pdf":
    """Open a document, protected or not; NeedsPasswordError if no password is right.

    What is wrong with the document otherwise is raised as pikepdf does.
    """
    pdf = _by_pikepdf(stream, "")
    by_password = pdf is None
    if pdf is None:
        pdf = _first(work.passwords, partial(_by_pikepdf, stream))
    if pdf is None:
        raise needs_password(name, len(work.passwords))
    if pdf.is_encrypted:
        allowed = -1 if pdf.owner_password_matched else pdf.encryption.P
        _tell(work, name, allowed, by_password=by_password)
    return pdf


def freed(name: str, content: bytes, work: Work[Any]) -> bytes:
    """The document without its protection, or as it came where it has none or is damaged."""
    import pikepdf

    if b"/Encrypt" not in content:
        return content
    try:
        pdf = by_pikepdf(name, io.BytesIO(content), work)
    except (pikepdf.PikepdfError, *LIBRARY_ERRORS):
        return content  # whoever reads it says so
    with pdf, reading_pdf(name, pikepdf.PikepdfError):
        if not pdf.is_encrypted:
            return content
        plain = io.BytesIO()
        pdf.save(plain)
        return plain.getvalue()


def by_owner(name: str, stream: BinaryIO, passwords: Sequence[str]) -> "Pdf":
    """Open a document as its owner if one of the passwords is the owner's, else as it opens.

    Nothing is told: the result is to be protected anew, or is not to be any more.
    """
    pdf = _by_pikepdf(stream, "")
    if pdf is not None and (not pdf.is_encrypted or pdf.owner_password_matched):
        return pdf
    for password in _tries(passwords):
        found = _by_pikepdf(stream, password)
        if found is not None and found.owner_password_matched:
            return found
        pdf = pdf or found
    if pdf is None:
        raise needs_password(name, len(passwords))
    return pdf


def _by_pikepdf(stream: BinaryIO, password: str) -> "Pdf | None":
    """The document, or nothing where that is not its password."""
    import pikepdf

    for spelling in dict.fromkeys((password.encode(), _as_single_bytes(password))):
        stream.seek(0)
        try:
            return pikepdf.open(stream, password=spelling)
        except pikepdf.PasswordError:
            continue
    return None


def by_pdfium(name: str, content: bytes, work: Work[Any]) -> "pypdfium2.PdfDocument":
    """Open a document, protected or not; NeedsPasswordError if no password is right.

    What is wrong with the document otherwise is raised as PDFium does.
    """
    import pypdfium2

    def attempt(password: str) -> "pypdfium2.PdfDocument | None":
        try:
            return pypdfium2.PdfDocument(content, password=password)
        except pypdfium2.PdfiumError as e:
            # the code may be left over from an earlier file; a protected one never lies
            if e.err_code == _WRONG_PASSWORD and b"/Encrypt" in content:
                return None
            raise

    pdf = attempt("")
    by_password = pdf is None
    if pdf is None and (pdf := _first(work.passwords, attempt)) is None:
        raise needs_password(name, len(work.passwords))
    _tell(work, name, pypdfium2.raw.FPDF_GetDocPermissions(pdf), by_password=by_password)
    return pdf


def spellings(password: str) -> tuple[str, ...]:
    """How a password may have been spelled when the file was protected, the likeliest first.

    As the standard prepares it (SASLprep: ISO 32000-2, 7.6.4.3.3), as it was typed, and in
    PDFDocEncoding, which is for files of the years before 2008 and is given as Latin-1 here.
    """
    found = [prepared(password) or password, password]
    if not password.isascii():
        found.append(_as_single_bytes(password).decode("latin-1"))
    return tuple(dict.fromkeys(found))


def prepared(password: str) -> str | None:
    """The password as SASLprep (RFC 4013) makes it; None where it holds what is not allowed."""
    mapped = "".join(
        " " if stringprep.in_table_c12(sign) else sign
        for sign in password
        if not stringprep.in_table_b1(sign)
    )
    folded = unicodedata.normalize("NFKC", mapped)
    if any(test(sign) for sign in folded for test in _NOT_ALLOWED):
        return None
    if any(map(stringprep.in_table_d1, folded)):  # right to left: then from end to end
        ends_right = stringprep.in_table_d1(folded[0]) and stringprep.in_table_d1(folded[-1])
        if not ends_right or any(map(stringprep.in_table_d2, folded)):
            return None
    return folded


_NOT_ALLOWED: tuple[Callable[[str], bool], ...] = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def forbidden(allowed: int) -> list[str]:
    """What these permissions (P of the standard security handler) do not allow, in words."""
    return [word for bit, word in _FORBIDDEN if not allowed & bit]


def _as_single_bytes(password: str) -> bytes:
    import pikepdf  # noqa: F401  # brings the codec

    try:
        return password.encode("pdfdoc")
    except UnicodeError:
        return password.encode()


def _tries(passwords: Sequence[str]) -> Iterator[str]:
    for password in passwords:
        yield from spellings(password)


def _first(passwords: Sequence[str], attempt: Callable[[str], T]) -> T | None:
    """What the first right password gives; `attempt` answers nothing for a wrong one."""
    return next((opened for each in _tries(passwords) if (opened := attempt(each))), None)


def _tell(work: Work[Any], name: str, allowed: int, *, by_password: bool) -> None:
    """Say what the result has lost; nobody is to take a protected file for a protected result."""
    if by_password:
        work.note(f"{name} was opened with its password; the result has none.")
    if words := forbidden(allowed):
        listed = " or ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)
        work.note(f"{name} does not allow {listed}; the result is not restricted.")
