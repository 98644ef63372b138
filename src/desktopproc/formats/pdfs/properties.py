"""Reads and sets what a PDF says about itself, in both places where PDFs keep it."""

import re
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdf_errors import LIBRARY_ERRORS
from desktopproc.formats.pdfs.archival import declared_level
from desktopproc.formats.pdfs.destinations import leaves
from desktopproc.formats.pdfs.signatures import is_signed
from desktopproc.formats.tables import Cell

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

TEXTS = {"title": "/Title", "author": "/Author", "subject": "/Subject", "keywords": "/Keywords"}
DATES = {"created": "/CreationDate", "modified": "/ModDate"}
_MORE = {"creator": "/Creator", "producer": "/Producer"}
_XMP = {"title": "dc:title", "author": "dc:creator", "subject": "dc:description"}
_XMP |= {"keywords": "pdf:Keywords", "created": "xmp:CreateDate", "modified": "xmp:ModifyDate"}

COLUMNS = (
    *("file", "folder", "bytes", "pages", "page_width_mm", "page_height_mm", "version"),
    *(*TEXTS, *_MORE, *DATES, "language", "pdfa", "tagged", "protected", "signed", "form_fields"),
    *("attachments", "error"),
)
DATE_PATTERN = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?|-"
_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([-+Z])(\d{2})?'?(\d{2})?)?"
)
_MM = 25.4 / 72
_NOTHING = "-"  # what is typed to remove a text or a date


def row_of(pdf: "Pdf", path: Path, size: int) -> dict[str, Cell]:
    """One row of a table of PDFs; what a document does not say is left out."""
    from pikepdf import Dictionary

    root: Any = pdf.Root
    form = root.get("/AcroForm")
    names = root.get("/Names")
    files = leaves(names.get("/EmbeddedFiles")) if isinstance(names, Dictionary) else ()
    marked = root.get("/MarkInfo")
    row: dict[str, Cell] = {
        "file": path.name,
        "folder": str(path.parent),
        "bytes": size,
        "pages": len(pdf.pages),
        "version": pdf.pdf_version,
        "language": _text(root.get("/Lang")),
        "pdfa": declared_level(pdf) or None,
        "tagged": isinstance(marked, Dictionary) and bool(marked.get("/Marked", False)),
        "protected": pdf.is_encrypted,
        "signed": is_signed(pdf),
        "form_fields": len(form.get("/Fields", [])) if isinstance(form, Dictionary) else 0,
        "attachments": sum(1 for _ in files),
    }
    return row | _page_size(pdf) | _told(pdf)


def title_of(pdf: "Pdf") -> str:
    """The document's title; empty if it has none."""
    return str(_told(pdf).get("title") or "").strip()


def _page_size(pdf: "Pdf") -> dict[str, Cell]:
    """Of the first page, as it is seen."""
    page = pdf.pages[0]
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    size = (abs(right - left) * _MM, abs(top - bottom) * _MM)
    if page.rotation % 180:
        size = size[::-1]
    return {"page_width_mm": round(size[0], 1), "page_height_mm": round(size[1], 1)}


def _told(pdf: "Pdf") -> dict[str, Cell]:
    from pikepdf import Dictionary

    info: Any = pdf.trailer.get("/Info")
    if not isinstance(info, Dictionary):
        return {}
    texts = {name: _text(info.get(word)) for name, word in (TEXTS | _MORE).items()}
    dates = {name: iso_date(_text(info.get(word)) or "") for name, word in DATES.items()}
    return {name: value for name, value in (texts | dates).items() if value}


def _text(found: "Object | None") -> str | None:
    from pikepdf import String

    return str(found).replace("\0", "") if isinstance(found, String) else None


def iso_date(text: str) -> str:
    """A date of a PDF (ISO 32000-2, 7.9.4) as ISO 8601; as it stands if it is none."""
    found = _DATE.fullmatch(text.strip().rstrip("'"))
    if not found:
        return text
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone, hours, minutes = found.groups()[6:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        place = timezone(-offset if zone == "-" else offset) if zone else None
        moment = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=place)
        return moment.isoformat()
    except ValueError:
        return text


def set_properties(pdf: "Pdf", wishes: Mapping[str, str]) -> bool:
    """Set texts and dates by their names; "-" removes one. False if the XMP could not follow.

    Where there is an XMP packet it says the same afterwards, as viewers read one or the other.
    """
    from pikepdf import Dictionary

    if not isinstance(pdf.trailer.get("/Info"), Dictionary):
        pdf.trailer.Info = pdf.make_indirect(Dictionary())
    info: Any = pdf.trailer.Info
    for name, wish in wishes.items():
        word = (TEXTS | DATES)[name]
        if wish != _NOTHING:
            info[word] = _pdf_date(wish) if name in DATES else wish
        elif word in info:
            del info[word]
    return "/Metadata" not in pdf.Root or _xmp_follows(pdf, wishes)


def _pdf_date(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return moment.strftime("D:%Y%m%d%H%M%S")


def _xmp_follows(pdf: "Pdf", wishes: Mapping[str, str]) -> bool:
    from pikepdf import PikepdfError

    try:
        with (
            warnings.catch_warnings(),
            pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet,
        ):
            warnings.simplefilter("ignore")
            for name, wish in wishes.items():
                word = _XMP[name]
                if wish == _NOTHING:
                    packet.pop(word, None)
                elif name in DATES:
                    packet[word] = datetime.fromisoformat(wish).isoformat()
                else:
                    packet[word] = [wish] if name == "author" else wish
    except (PikepdfError, *LIBRARY_ERRORS):
        del pdf.Root.Metadata  # two places that say different things are worse than one
        return False
    return True
