"""Changes XMP packets byte by byte: what is not meant stays exactly as it was written.

An XML parser tells where each element lies; the edits are made in the text itself. A document type
is refused, so that no entity can expand. The structure is that of ISO 16684-1 (RDF/XML).
"""

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
NOTE = "http://ns.adobe.com/xmp/note/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
CREATIVE_COMMONS = "http://creativecommons.org/ns#"
GOOGLE_IMAGE = "http://ns.google.com/photos/1.0/image/"
GOOGLE_DEPTH = "http://ns.google.com/photos/1.0/depthmap/"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_PREFIXES = {
    "rdf": RDF,
    "dc": DC,
    "xmp": XMP,
    "xap": XMP,
    "xmpRights": RIGHTS,
    "xmpNote": NOTE,
    "tiff": TIFF,
    "exif": EXIF,
    "photoshop": PHOTOSHOP,
    "Iptc4xmpCore": IPTC_CORE,
    "Iptc4xmpExt": IPTC_EXTENSION,
    "plus": PLUS,
    "cc": CREATIVE_COMMONS,
}
_MOST_ELEMENTS = 500_000
_MOST_DEPTH = 200
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")
_TAG_REST = re.compile(rb"""(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_PADDING = re.compile(rb"\s{100,}(?=<\?xpacket end)")
_EMPTY = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' + RDF.encode() + b'">'
    b'</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
)

Name = tuple[str, str]
"""The address of a namespace, and the name in it."""
Wanted = Callable[[Name], bool]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: where it lies with the space before it, and its value between quotes."""

    name: Name
    start: int
    end: int
    value: str


@dataclass(slots=True)
class Element:
    """One element: where its first tag and the whole of it lie, and its text."""

    name: Name
    start: int
    inside: int
    parent: "Element | None"
    spaces: Mapping[str, str]
    attributes: list[Attribute] = field(default_factory=list)
    end: int = 0
    text: str = ""

    @property
    def is_description(self) -> bool:
        """Whether its attributes and children are properties of the picture."""
        return self.name == (RDF, "Description") and (
            self.parent is not None and self.parent.name == (RDF, "RDF")
        )


Edit = tuple[int, int, bytes]


def elements(packet: bytes) -> list[Element]:
    """Every element in the order written; ValueError when the packet is not well-formed."""
    reader = _Reader(packet)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, pairs: reader.open(
        name, pairs, parser.CurrentByteIndex
    )
    parser.EndElementHandler = lambda _: reader.close(parser.CurrentByteIndex)
    parser.CharacterDataHandler = reader.write
    try:
        parser.Parse(packet, True)
    except expat.ExpatError as e:
        raise ValueError(f"not well-formed XMP: {e}") from None
    return reader.found


def _refuse(*_: object) -> None:
    raise ValueError("XMP with a document type")


class _Reader:
    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._open: list[Element] = []
        self.found: list[Element] = []

    def open(self, name: str, pairs: Sequence[str], start: int) -> None:
        parent = self._open[-1] if self._open else None
        above: Mapping[str, str] = parent.spaces if parent else {}
        own = {
            key.partition(":")[2]: value
            for key, value in zip(pairs[::2], pairs[1::2], strict=True)
            if key == "xmlns" or key.startswith("xmlns:")
        }
        spaces = {**above, **own} if own else above
        rest = _TAG_REST.match(self._packet, start + 1)
        if rest is None or len(self._open) > _MOST_DEPTH or len(self.found) > _MOST_ELEMENTS:
            raise ValueError("XMP nested without end")
        element = Element(_name(name, spaces, "element"), start, rest.end(), parent, spaces)
        values = dict(zip(pairs[::2], pairs[1::2], strict=True))
        for match in _ATTRIBUTE.finditer(self._packet, start, rest.end()):
            word = match[1].decode("utf-8", "replace")
            place = _name(word, spaces, "attribute")
            element.attributes.append(
                Attribute(place, match.start(), match.end(), values.get(word, ""))
            )
        self.found.append(element)
        self._open.append(element)

    def close(self, at: int) -> None:
        element = self._open.pop()
        is_empty = self._packet[element.inside - 2 : element.inside] == b"/>"
        element.end = element.inside if is_empty else self._packet.index(b">", at) + 1

    def write(self, text: str) -> None:
        self._open[-1].text += text


def _name(word: str, spaces: Mapping[str, str], kind: str) -> Name:
    """The full name; a prefix that nobody declared means what it usually does."""
    prefix, sign, local = word.partition(":")
    if not sign:
        return (spaces.get("", ""), word) if kind == "element" else ("", word)
    return spaces.get(prefix) or _PREFIXES.get(prefix, prefix), local


def edited(packet: bytes, edits: Sequence[Edit]) -> bytes:
    """The packet with pieces replaced; a piece inside a replaced piece goes with it."""
    out, at = bytearray(), 0
    for start, end, text in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= at:
            out += packet[at:start] + text
            at = end
    return bytes(out + packet[at:])


def without(packet: bytes, wanted: Wanted) -> bytes:
    """The packet without the elements and attributes of these names, however deep they lie."""
    edits: list[Edit] = []
    for element in elements(packet):
        if wanted(element.name):
            edits.append((element.start, element.end, b""))
        edits += [(a.start, a.end, b"") for a in element.attributes if wanted(a.name)]
    return edited(packet, edits)


def only(packet: bytes, wanted: Wanted) -> bytes:
    """The packet with no other properties of the picture than these; empty when none is left."""
    keeps = [p for p in properties(packet) if wanted(p.name)]
    if not keeps:
        return b""
    return _with_descriptions(_EMPTY, [_description(p.spaces, [p], packet) for p in keeps])


@dataclass(frozen=True, slots=True)
class Property:
    """One property of the picture, written as an element or as an attribute."""

    name: Name
    start: int
    end: int
    spaces: Mapping[str, str]
    is_attribute: bool
    about: str
    values: tuple[str, ...]


def properties(packet: bytes) -> list[Property]:
    """The properties of the picture; those inside of others are a part of them."""
    everything = elements(packet)
    texts: dict[int, list[str]] = {}
    for element in everything:
        top = element
        while top.parent is not None and not top.parent.is_description:
            top = top.parent
        if top.parent is not None and element.text.strip():
            texts.setdefault(id(top), []).append(element.text.strip())
    found = []
    for element in everything:
        if element.is_description:
            found += [
                Property(
                    a.name, a.start, a.end, element.spaces, True, _about_of(element), (a.value,)
                )
                for a in element.attributes
                if a.name[0] not in (RDF, "xmlns", "xml", "")
            ]
        elif element.parent is not None and element.parent.is_description:
            attributes = tuple(a.value for a in element.attributes if a.name == (RDF, "resource"))
            values = tuple(texts.get(id(element), ())) or attributes
            place = (element.name, element.start, element.end, element.spaces)
            found.append(Property(*place, False, _about_of(element.parent), values))
    return found


def _about_of(description: Element) -> str:
    """What a description is about; all in a packet must say the same."""
    return next((a.value for a in description.attributes if a.name[1] == "about"), "")


def changed(packet: bytes, names: frozenset[Name], change: Callable[[str], str]) -> bytes:
    """The packet with the simple values of these properties replaced, wherever they lie."""
    edits: list[Edit] = []
    for element in elements(packet):
        if element.name in names and element.text.strip():
            close = packet.rindex(b"<", element.inside, element.end)
            if b"<" not in packet[element.inside : close]:
                text = _escaped(change(element.text))
                edits.append((element.inside, close, text.encode()))
        for a in element.attributes:
            if a.name in names:
                equals = packet.index(b"=", a.start) + 1
                edits.append((equals, a.end, _quoted(change(a.value)).encode()))
    return edited(packet, edits)


def with_property(
    packet: bytes, name: Name, prefix: str, kind: str, values: Sequence[str]
) -> bytes:
    """The packet with this property as an array of a kind: Seq, Bag, or Alt of one language."""
    if packet:
        gone = [(p.start, p.end, b"") for p in properties(packet) if p.name == name]
        packet = edited(packet, gone)
    if not values:
        return packet
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{_escaped(value)}</rdf:li>" for value in values)
    text = (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about={_about(packet)} '
        f'xmlns:{prefix}="{name[0]}"><{prefix}:{name[1]}><rdf:{kind}>{items}</rdf:{kind}>'
        f"</{prefix}:{name[1]}></rdf:Description>"
    )
    return _with_descriptions(packet or _EMPTY, [text.encode()])


def _about(packet: bytes) -> str:
    found = (_about_of(e) for e in elements(packet) if e.is_description) if packet else iter(())
    return _quoted(next(found, ""))


def extension_of(packet: bytes) -> bytes:
    """The digest that names the extended part of a packet, in capitals; empty if it has none."""
    try:
        return next(
            (p.values[0].upper().encode() for p in properties(packet) if p.name == _EXTENDED), b""
        )
    except (ValueError, IndexError):
        return b""


_EXTENDED = (NOTE, "HasExtendedXMP")


def joined(main: bytes, extended: bytes) -> bytes:
    """One packet of both parts of a divided one (XMP Specification part 3, 1.1.3.1)."""
    gone = [(p.start, p.end, b"") for p in properties(main) if p.name == _EXTENDED]
    descriptions = [
        _description(p.spaces, [p], extended) for p in properties(extended) if p.name != _EXTENDED
    ]
    return _with_descriptions(edited(main, gone), descriptions)


def halves(packet: bytes, most: int) -> tuple[bytes, bytes] | None:
    """A main part of at most `most` bytes, and an extended part with the largest properties.

    None when the packet cannot be divided so.
    """
    packet = _PADDING.sub(b"\n", packet)
    if len(packet) <= most:
        return packet, b""
    try:
        by_size = sorted(properties(packet), key=lambda p: p.start - p.end)
    except ValueError:
        return None
    moved: list[Property] = []
    size = len(packet) + 400  # what the reference to the extended part takes
    while size > most and by_size:
        moved.append(by_size.pop(0))
        size -= moved[-1].end - moved[-1].start
    descriptions = [_description(p.spaces, [p], packet) for p in moved]
    body = b"".join(descriptions)
    extended = (
        (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' + RDF.encode() + b'">')
        + body
        + b"</rdf:RDF></x:xmpmeta>"
    )
    digest = hashlib.md5(extended, usedforsecurity=False).hexdigest().upper()
    reference = (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about={_about(packet)} '
        f'xmlns:xmpNote="{NOTE}" xmpNote:HasExtendedXMP="{digest}"/>'
    )
    main = edited(packet, [(p.start, p.end, b"") for p in moved])
    main = _with_descriptions(main, [reference.encode()])
    return (main, extended) if len(main) <= most else None


def _description(spaces: Mapping[str, str], parts: Sequence[Property], packet: bytes) -> bytes:
    """The properties in a description of their own, which declares all their prefixes."""
    declared = {**spaces, "rdf": RDF}
    lead = "".join(
        f" xmlns{':' if prefix else ''}{prefix}={_quoted(address)}"
        for prefix, address in declared.items()
    )
    about = _quoted(parts[0].about)
    attributes = b"".join(packet[p.start : p.end] for p in parts if p.is_attribute)
    inside = b"".join(packet[p.start : p.end] for p in parts if not p.is_attribute)
    start = f"<rdf:Description{lead} rdf:about={about}".encode() + attributes
    return start + b">" + inside + b"</rdf:Description>"


def _with_descriptions(packet: bytes, descriptions: Sequence[bytes]) -> bytes:
    """The packet with these at the end of its RDF element."""
    for element in elements(packet):
        if element.name == (RDF, "RDF"):
            inner = b"".join(descriptions)
            if packet[element.inside - 2 : element.inside] == b"/>":
                lead = packet[element.start : element.inside - 2]
                close = b"</" + re.split(rb"[\s/>]", lead[1:])[0] + b">"
                return edited(
                    packet, [(element.start, element.inside, lead + b">" + inner + close)]
                )
            at = packet.rindex(b"<", element.inside, element.end)
            return edited(packet, [(at, at, inner)])
    raise ValueError("XMP without RDF")


def texts(packet: bytes) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """The names of the properties and what they say."""
    for found in properties(packet):
        yield found.name, found.values


def as_utf8(packet: bytes) -> bytes:
    """The packet in the one encoding that all containers take."""
    if packet[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return packet.decode("utf-16").encode()
    if packet[:2] == b"\0<":
        return packet.decode("utf-16-be").encode()
    if packet[1:2] == b"\0" and packet[:1] == b"<":
        return packet.decode("utf-16-le").encode()
    return packet.strip(b"\0")


def _escaped(text: str) -> str:
    """Text as it stands between tags (XML 1.0, section 2.4)."""
    return html.escape(text, quote=False)


def _quoted(value: str) -> str:
    """A value as it stands in a tag, with the spaces that XML would change written out."""
    plain = html.escape(value, quote=False).replace('"', "&quot;")
    for space in "\n\r\t":
        plain = plain.replace(space, f"&#{ord(space)};")
    return f'"{plain}"'
