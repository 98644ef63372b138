"""Takes out of a PDF what it says of itself and what only programs look at."""

from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.samples import filters_of

if TYPE_CHECKING:
    from pikepdf import Pdf

_PRIVATE = ("/PieceInfo", "/LastModified", "/Metadata")

# ITU-T T.81, B.1.1.3: EXIF and XMP, Photoshop's records, comments; profiles and Adobe's mark stay
_TALKING = frozenset({0xE1, 0xED, 0xFE})
_SCAN = 0xDA


def strip_thumbnails(pdf: "Pdf") -> int:
    """Remove the small pictures of pages that some programs store; viewers draw their own."""
    count = 0
    for page in pdf.pages:
        if "/Thumb" in page.obj:
            del page.obj["/Thumb"]
            count += 1
    return count


def strip_metadata(pdf: "Pdf") -> None:
    """Remove title, author and dates, XMP everywhere, programs' own records, the file's ID, and
    what photos say about camera and place."""
    from pikepdf import Dictionary, Name, Stream

    for word in ("/Info", "/ID"):
        if word in pdf.trailer:
            del pdf.trailer[word]
    for found in [pdf.Root, *pdf.objects]:
        if isinstance(found, Dictionary | Stream):
            for word in _PRIVATE:
                if word in found and found.get("/Type") != "/Sig":
                    del found[word]
        if isinstance(found, Stream) and filters_of(found) == ["/DCTDecode"]:
            content = found.read_raw_bytes()
            silent = silenced(content)
            if len(silent) < len(content):
                parms: Any = found.get("/DecodeParms")
                found.write(silent, filter=Name.DCTDecode, decode_parms=parms)


def silenced(jpeg: bytes) -> bytes:
    """The same JPEG without the segments that tell of it; as it is if it is not one."""
    at, kept = 2, [jpeg[:2]]
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        kind = jpeg[at + 1]
        if kind == _SCAN:
            return b"".join([*kept, jpeg[at:]])
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if kind not in _TALKING:
            kept.append(jpeg[at:end])
        at = end
    return jpeg
