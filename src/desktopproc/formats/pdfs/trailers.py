"""Completes the trailer of a PDF whose own one was lost, so that it can be written."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf


def complete_trailer(pdf: "Pdf") -> None:
    """Give the trailer a size: qpdf writes one only in the place of another.

    Without it, a document that qpdf has found by searching cannot be opened again once written.
    """
    if "/Size" not in pdf.trailer:
        pdf.trailer["/Size"] = len(pdf.objects) + 1
