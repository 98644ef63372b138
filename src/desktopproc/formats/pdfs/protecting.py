"""Encrypts PDFs, with what their readers may do, or takes their protection away."""

import io
import secrets
import warnings
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import NeedsPasswordError, OutputError, ProcError, UsageError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS, check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.pdfs.signatures import is_signed
from desktopproc.formats.pdfs.trailers import complete_trailer
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    from pikepdf import Encryption, Pdf, Permissions

MOST_BYTES = 127
"""The longest password of a PDF, in UTF-8 (ISO 32000-2, 7.6.4.3.3)."""

_MADE_UP_BYTES = 24
_NOT_DISK = tuple(kind for kind in LIBRARY_ERRORS if kind is not OSError)


class Printing(StrEnum):
    """How well a document may be printed."""

    FULL = "full"
    COARSE = "coarse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a reader may do who has not the owner's password. Reading aloud always."""

    printing: Printing = Printing.FULL
    copying: bool = True
    changes: bool = True
    comments: bool = True
    forms: bool = True
    pages: bool = True

    @property
    def is_all(self) -> bool:
        return self == Allowed()

    def permissions(self) -> "Permissions":
        """The same for the standard security handler (ISO 32000-2, table 22)."""
        import pikepdf

        return pikepdf.Permissions(
            accessibility=True,  # never to be forbidden since PDF 2.0
            extract=self.copying,
            modify_annotation=self.comments,
            modify_assembly=self.pages,
            modify_form=self.forms,
            modify_other=self.changes,
            print_lowres=self.printing is not Printing.NONE,
            print_highres=self.printing is Printing.FULL,
        )


@dataclass(frozen=True, slots=True)
class Protection:
    """The passwords of a document, as the standard prepares them, and what they guard."""

    user: str = field(repr=False)
    owner: str = field(repr=False)
    allowed: Allowed
    hides_metadata: bool
    is_owner_made_up: bool = False

    def encryption(self) -> "Encryption":
        """AES-256 as PDF 2.0 defines it (revision 6)."""
        import pikepdf

        return pikepdf.Encryption(
            user=self.user,
            owner=self.owner,
            R=6,
            aes=True,
            allow=self.allowed.permissions(),
            metadata=self.hides_metadata,
        )


def protection(
    user: str | None, owner: str | None, allowed: Allowed, *, hides_metadata: bool
) -> Protection:
    """Everything that is needed, checked; UsageError where it would protect nothing."""
    opening = _prepared(user, "The password to open")
    owning = _prepared(owner, "The owner's password")
    if not opening and not owning and allowed.is_all:
        raise UsageError("Nothing would be protected. Give a password, or forbid something.")
    if opening and opening == owning and not allowed.is_all:
        raise UsageError(
            "Whoever opens it would be its owner, and nothing forbidden. "
            "Choose another password for the owner."
        )
    is_made_up = not owning and not allowed.is_all
    if is_made_up:
        owning = secrets.token_urlsafe(_MADE_UP_BYTES)
    return Protection(opening, owning or opening, allowed, hides_metadata, is_made_up)


def _prepared(password: str | None, what: str) -> str:
    if not password:
        return ""
    prepared = unlocking.prepared(password)
    if not prepared:
        raise UsageError(f"{what} holds signs that no password may have. Choose another one.")
    if len(prepared.encode()) > MOST_BYTES:
        raise UsageError(f"{what} is longer than {MOST_BYTES} bytes. Choose a shorter one.")
    return prepared


def protect(source: Source, work: Work[Any], wanted: Protection) -> None:
    """Write the document encrypted; what this means for it is told on the row."""
    with _opened(source, work) as pdf:
        if is_signed(pdf):
            work.note(f"{source.path.name} was signed; the signature does not hold for the result.")
        if _drop_archival_claim(source.path.name, pdf):
            work.note(f"{source.path.name} was PDF/A, which a protected file cannot be.")
        work.expect(pages=len(pdf.pages), password=wanted.user)
        _save(pdf, work.target, source.path.name, wanted.encryption())
    if wanted.is_owner_made_up:
        work.note("Nobody knows the owner's password, which was made up: nothing can be allowed "
                  "later.")  # fmt: skip
    if not wanted.allowed.is_all:
        work.note("What is forbidden is for the viewer to heed; not every program does.")


def free(source: Source, work: Work[Any]) -> None:
    """Write the document without any protection."""
    with _opened(source, work) as pdf:
        if not pdf.is_encrypted:
            work.skip(f"{source.path.name} is not protected.")
            return
        work.expect(pages=len(pdf.pages))
        _save(pdf, work.target, source.path.name, encryption=False)


def _opened(source: Source, work: Work[Any]) -> "Pdf":
    """The document as whoever may change its protection; NeedsPasswordError for others."""
    import pikepdf

    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
    try:
        with during(Stage.DECODE):
            pdf = unlocking.by_owner(name, io.BytesIO(content), work.passwords)
        has_pages = len(pdf.pages) > 0
    except ProcError:
        raise
    except (pikepdf.PikepdfError, *LIBRARY_ERRORS):
        has_pages = False
    if not has_pages:
        silent = replace(work, notes=[])  # the result may well have a password
        whole = mended(name, content, silent)
        work.note(repaired_note(name))
        with reading_pdf(name, pikepdf.PikepdfError):
            return pikepdf.open(io.BytesIO(whole))
    if pdf.is_encrypted and not pdf.owner_password_matched and _is_restricted(pdf):
        pdf.close()
        raise NeedsPasswordError(
            f"{name} is restricted by its owner. Give the owner's password and retry."
        )
    if pdf.get_warnings():
        work.note(repaired_note(name))
    return pdf


def _is_restricted(pdf: "Pdf") -> bool:
    return bool(unlocking.forbidden(pdf.encryption.P))


def _drop_archival_claim(name: str, pdf: "Pdf") -> bool:
    """PDF/A forbids encryption (ISO 19005-2, 6.1.3): a protected file must not claim to be it."""
    import pikepdf

    if "/Metadata" not in pdf.Root:
        return False
    with reading_pdf(name, pikepdf.PikepdfError, what="its metadata"):
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            claims = [word for word in _ARCHIVAL if word in metadata]
            for word in claims:
                del metadata[word]
        return bool(claims)


_ARCHIVAL = ("pdfaid:part", "pdfaid:conformance", "pdfaid:rev", "pdfaid:amd")


def _save(pdf: "Pdf", target: Path, name: str, encryption: "Encryption | bool") -> None:
    import pikepdf

    with during(Stage.ENCODE), writing(target), target.open("wb") as file:
        try:
            complete_trailer(pdf)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # fields without a form are kept all the same
                pdf.save(
                    file,
                    encryption=encryption,
                    object_stream_mode=pikepdf.ObjectStreamMode.generate,
                )
        except (pikepdf.PikepdfError, *_NOT_DISK) as e:
            raise OutputError(f"{name} could not be written anew: {e}. Repair it first.") from e
