"""Knows whether a PDF is signed, because any change to it breaks the signatures."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Pdf

_MOST_FIELDS = 20_000  # of a form; more are made to keep us busy
LABEL = "Break signatures"
HELP = "Signed PDFs are refused otherwise: any change makes their signatures invalid."


def is_signed(pdf: "Pdf") -> bool:
    """Whether a signature field holds a signature (ISO 32000-2, 12.7.5.5)."""
    from pikepdf import Array, Dictionary

    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, Dictionary) or not isinstance(form.get("/Fields"), Array):
        return False
    waiting: list[Any] = list(form.Fields)
    seen = 0
    while waiting and seen < _MOST_FIELDS:
        field = waiting.pop()
        seen += 1
        if not isinstance(field, Dictionary):
            continue
        if field.get("/FT") == "/Sig" and isinstance(field.get("/V"), Dictionary):
            return True
        if isinstance(kids := field.get("/Kids"), Array):
            waiting.extend(kids)
    return False
