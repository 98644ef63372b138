"""Writes a Word file part by part: pictures as they come, the text at the end."""

import re
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape, quoteattr

from desktopproc.core.resources import resources
from desktopproc.formats.writing import writing

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# XML 1.0, 2.2: what may not be in a document at all
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROOTS = {"header": "hdr", "footer": "ftr", "numbering": "numbering", "styles": "styles"}


def text_of(text: str) -> str:
    """Characters as they stand between tags."""
    return escape(_FORBIDDEN.sub("", text))


def attribute(text: str) -> str:
    """A value with its quotes."""
    return quoteattr(_FORBIDDEN.sub("", text))


class DocxOutput:
    """A Word file while it is written. Use as a context manager; `finish` makes it whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        with writing(target):
            self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._relations: list[tuple[str, str, str]] = []
        self._links: dict[str, str] = {}
        self._pictures: dict[object, str] = {}
        self._parts: list[str] = []
        self._suffixes: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with writing(self._target):
            self._zip.close()

    def _relate(self, kind: str, target: str, mode: str = "") -> str:
        ident = f"rId{len(self._relations) + 1}"
        where = f' TargetMode="{mode}"' if mode else ""
        line = f'Type="{_OFFICE}/{kind}" Target={attribute(target)}{where}'
        self._relations.append((ident, kind, line))
        return ident

    def link(self, address: str) -> str:
        """The id of a link to an address outside."""
        if address not in self._links:
            self._links[address] = self._relate("hyperlink", address, "External")
        return self._links[address]

    def picture(self, key: object, content: bytes, suffix: str) -> str:
        """Store a picture once; its id."""
        if key not in self._pictures:
            name = f"media/image{len(self._pictures) + 1}.{suffix}"
            with writing(self._target):
                self._zip.writestr(f"word/{name}", content, zipfile.ZIP_STORED)
            self._suffixes.add(suffix)
            self._pictures[key] = self._relate("image", name)
        return self._pictures[key]

    def has_picture(self, key: object) -> str:
        """The id of a picture that is stored already, or nothing."""
        return self._pictures.get(key, "")

    def part(self, kind: str, content: str) -> str:
        """Store a header, footer, list or style part from what is inside its root; its id."""
        root = _ROOTS[kind]
        self._parts.append(kind)
        self._write(f"word/{kind}.xml", f"<w:{root} {SPACES}>{content}</w:{root}>")
        return self._relate(kind, f"{kind}.xml")

    def finish(self, body: str, title: str = "", author: str = "") -> None:
        """Write the text and what ties the parts together."""
        self._write(
            "word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
        )
        lines = "".join(f'<Relationship Id="{i}" {line}/>' for i, _, line in self._relations)
        self._write("word/_rels/document.xml.rels", _relationships(lines))
        self._write(
            "docProps/core.xml",
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{text_of(title)}</dc:title><dc:creator>{text_of(author)}</dc:creator>"
            "</cp:coreProperties>",
        )
        core = f"{_PACKAGE}/relationships/metadata/core-properties"
        self._write(
            "_rels/.rels",
            _relationships(
                f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
                'Target="word/document.xml"/>'
                f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/>'
            ),
        )
        self._write("[Content_Types].xml", self._types())

    def _types(self) -> str:
        kinds = {"jpg": "image/jpeg", "png": "image/png"}
        defaults = "".join(
            f'<Default Extension="{suffix}" ContentType="{kinds[suffix]}"/>'
            for suffix in sorted(self._suffixes)
        )
        parts = "".join(
            f'<Override PartName="/word/{kind}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
            for kind in self._parts
        )
        return (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{defaults}'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
            '<Override PartName="/docProps/core.xml" '
            'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
            f"{parts}</Types>"
        )

    def _write(self, name: str, content: str) -> None:
        with writing(self._target):
            self._zip.writestr(name, (_HEAD + content).encode("utf-8"))


def _relationships(lines: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def styles(family: str, size: float) -> str:
    """The styles of a new document: its text in this font and size (points)."""
    template = (resources("word") / "new-document.xml").read_text("utf-8")
    return template.replace("{family}", attribute(family)[1:-1]).replace(
        "{size}", str(max(2, round(size * 2)))
    )
