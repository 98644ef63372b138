"""Makes small Word files for tests, from the XML of their body."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPACES = (
    f'xmlns:r="{_RELATION}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ROOTS = {"header": "hdr", "footer": "ftr"}


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run; `properties` and `run` are the content of its pPr and rPr."""
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr>"
        f'<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def word_bytes(
    body: str = "",
    *,
    space: str = W,
    start: str = "",
    media: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
    **parts: str,
) -> bytes:
    """A Word file; `styles="..."`, `header="..."` and the like become parts with that content.

    Relations are called like the part (`header`), the picture's file (`dot.png`) or the link.
    """
    body = body or p("A heading", '<w:pStyle w:val="Heading1"/>') + p("Some words of the sample")
    media, links = media or {}, links or {}
    kinds = "".join(
        f'<Override PartName="/word/{kind}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for kind in parts
    )
    relations = [(kind, kind, f"{kind}.xml", "") for kind in parts]
    relations += [(name, "image", f"media/{name}", "") for name in media]
    relations += [(name, "hyperlink", to, ' TargetMode="External"') for name, to in links.items()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
            f"{kinds}</Types>",
        )
        package.writestr(
            "_rels/.rels", _relations([("d", "officeDocument", "word/document.xml", "")])
        )
        package.writestr("word/_rels/document.xml.rels", _relations(relations))
        whole = f"<w:body>{body}</w:body>"
        package.writestr("word/document.xml", _whole("document", whole, space, start))
        for kind, content in parts.items():
            root = _ROOTS.get(kind, kind)
            package.writestr(f"word/{kind}.xml", _whole(root, content, space, ""))
        for name, picture in media.items():
            package.writestr(f"word/media/{name}", picture)
    return buffer.getvalue()


def _whole(root: str, content: str, space: str, start: str) -> str:
    return f'{start}<w:{root} xmlns:w="{space}" {_SPACES}>{content}</w:{root}>'


def _relations(lines: list[tuple[str, str, str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="{ident}" Type="{_RELATION}/{kind}" Target="{target}"{mode}/>'
        for ident, kind, target, mode in lines
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'
