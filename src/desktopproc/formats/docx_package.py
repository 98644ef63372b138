"""Opens a Word file as the zip of parts it is: what is named where, never more than is safe."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers import expat

from desktopproc.core.errors import (
    BadInputError,
    NeedsPasswordError,
    ProcError,
    TooLargeError,
    UnsupportedError,
)

MAX_PART_BYTES = 128 * 1024 * 1024
_MAX_PARTS = 20_000
PIECE_BYTES = 1 << 18
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_FALLBACK = "word/document.xml"
_BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    LookupError,
    OverflowError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of a .rels part: the last word of its type, and the part it leads to."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """An opened Word file; parts are read in pieces and never beyond the limit."""

    name: str
    zip: zipfile.ZipFile

    def has(self, part: str) -> bool:
        return part in self.zip.NameToInfo

    @property
    def has_doubles(self) -> bool:
        """Whether two parts have one name, so that readers differ in which they read."""
        return len(self.zip.NameToInfo) < len(self.zip.infolist())

    def pieces(self, part: str) -> Iterator[bytes]:
        """The part's bytes, a quarter of a megabyte at a time."""
        size = self.zip.getinfo(part).file_size
        if size > MAX_PART_BYTES:
            raise TooLargeError(
                f"{self.name} unpacks to {size // 1_000_000:,} MB in one part, "
                f"which is over the limit of {MAX_PART_BYTES // 1_000_000} MB."
            )
        with reading_word(self.name), self.zip.open(part) as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece

    def relations(self, part: str) -> list[Relation]:
        """Where a part points to inside the file; links to the outside are left out."""
        folder = posixpath.dirname(part)
        found: list[Relation] = []
        for relation, is_outside in self._related(part):
            if not is_outside:
                path = posixpath.join("/", folder, unquote(relation.target))
                target = posixpath.normpath(path).lstrip("/")
                found.append(Relation(relation.id, relation.kind, target))
        return found

    def links(self, part: str) -> dict[str, str]:
        """Where the links of a part lead to outside of the file, by id."""
        return {
            relation.id: relation.target
            for relation, is_outside in self._related(part)
            if is_outside and relation.kind == "hyperlink"
        }

    def _related(self, part: str) -> list[tuple[Relation, bool]]:
        """What the .rels part of a part lists as it is written, and whether it lies outside."""
        folder, file = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(rels):
            return []
        found: list[tuple[Relation, bool]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            target = attributes.get("Target")
            if tag.endswith("Relationship") and target:
                kind = attributes.get("Type", "").rpartition("/")[2]
                relation = Relation(attributes.get("Id", ""), kind, target)
                found.append((relation, attributes.get("TargetMode") == "External"))

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        feed(parser, self, rels)
        return found

    def main_part(self) -> str:
        """The part that holds the body; UnsupportedError when this is another kind of zip."""
        named = [r.target for r in self.relations("") if r.kind == "officeDocument"]
        for part in [*named, _FALLBACK]:
            if self.has(part):
                return part
        raise UnsupportedError(f"{self.name} is not a Word document. Check what it really is.")


def is_word(content: bytes) -> bool:
    """Whether this looks like a Word file on the outside, be it old or encrypted."""
    return content.startswith((_ZIP, _OLE))


@contextmanager
def opened(name: str, content: bytes) -> Iterator[Package]:
    """Open a Word file from its bytes, or say why it is none."""
    if not content:
        raise BadInputError(f"{name} is empty. Copy it again.")
    if content.startswith(_OLE):
        _refuse_ole(name, content)
    if not content.startswith(_ZIP):
        raise UnsupportedError(f"{name} is not a Word document. Check what it really is.")
    with reading_word(name):
        archive = zipfile.ZipFile(io.BytesIO(content))
    with archive:
        if len(archive.infolist()) > _MAX_PARTS:
            raise TooLargeError(f"{name} holds more than {_MAX_PARTS:,} parts.")
        yield Package(name, archive)


def _refuse_ole(name: str, content: bytes) -> None:
    if _ENCRYPTED_STREAM in content:
        raise NeedsPasswordError(f"{name} is password-protected. Give its password and retry.")
    raise UnsupportedError(f"{name} is in Word's old .doc format. Save it as .docx and retry.")


@contextmanager
def reading_word(name: str) -> Iterator[None]:
    """Speak of a bad Word file in our words."""
    try:
        yield
    except ProcError:
        raise
    except RuntimeError as e:  # zipfile: "file is encrypted, password required"
        raise NeedsPasswordError(f"{name} is password-protected. Remove it and retry.") from e
    except _BAD_ZIP as e:
        raise BadInputError(f"{name} is damaged: it cannot be unpacked. Copy it again.") from e
    except expat.ExpatError as e:
        raise BadInputError(
            f"{name} is damaged: its text is not readable from line {e.lineno} on."
        ) from e


def feed(parser: expat.XMLParserType, package: Package, part: str) -> None:
    """Run a whole part through a parser whose handlers are set."""
    for _ in fed(parser, package, part):
        pass


def fed(parser: expat.XMLParserType, package: Package, part: str) -> Iterator[int]:
    """The same piece by piece; how many bytes are through, for those who want to stop between."""
    done = 0
    with reading_word(package.name):
        for piece in package.pieces(part):
            parser.Parse(piece, False)
            done += len(piece)
            yield done
        parser.Parse(b"", True)
