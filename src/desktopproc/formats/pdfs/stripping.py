"""Takes out of a PDF what it says of itself and what only programs look at."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf

_PRIVATE = ("/PieceInfo", "/LastModified", "/Metadata")


def strip_thumbnails(pdf: "Pdf") -> int:
    """Remove the small pictures of pages that some programs store; viewers draw their own."""
    count = 0
    for page in pdf.pages:
        if "/Thumb" in page.obj:
            del page.obj["/Thumb"]
            count += 1
    return count


def strip_metadata(pdf: "Pdf") -> None:
    """Remove title, author and dates, XMP everywhere, programs' own records and the file's ID."""
    from pikepdf import Dictionary, Stream

    for word in ("/Info", "/ID"):
        if word in pdf.trailer:
            del pdf.trailer[word]
    for found in [pdf.Root, *pdf.objects]:
        if isinstance(found, Dictionary | Stream):
            for word in _PRIVATE:
                if word in found and found.get("/Type") != "/Sig":
                    del found[word]
