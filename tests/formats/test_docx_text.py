"""Word text: everything a reader sees, once, and nothing that bites."""

import io
import zipfile
from collections.abc import Callable

import pytest

from desktopproc.core.errors import (
    BadInputError,
    NeedsPasswordError,
    TooLargeError,
    UnsupportedError,
)
from desktopproc.formats.docx import Parts, document_blocks
from desktopproc.formats.docx_package import MAX_PART_BYTES
from desktopproc.formats.texts.plain import text_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def _relations(**targets: str) -> str:
    lines = "".join(
        f'<Relationship Id="{kind}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'


def _word(body: str, space: str = W, start: str = "", **parts: str) -> bytes:
    """A Word file with this body; `header="..."` and the like become parts of their own."""

    def whole(root: str, content: str) -> str:
        return f'{start}<w:{root} xmlns:w="{space}" {_SPACES}>{content}</w:{root}>'

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", _relations(officeDocument="word/document.xml"))
        package.writestr("word/document.xml", whole("document", f"<w:body>{body}</w:body>"))
        names = {kind: f"{kind}.xml" for kind in parts}
        package.writestr("word/_rels/document.xml.rels", _relations(**names))
        for kind, content in parts.items():
            package.writestr(f"word/{kind}.xml", whole("part", content))
    return buffer.getvalue()


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture
def read() -> Callable[..., str]:
    def text(content: bytes, notes: list[str] | None = None, *, with_margins: bool = True) -> str:
        told = notes if notes is not None else []
        wanted = Parts(margins=with_margins)
        return text_of(document_blocks("a.docx", content, told.append, wanted))

    return text


Read = Callable[..., str]


@pytest.mark.parametrize("space", [W, STRICT], ids=["transitional", "strict"])
def test_each_paragraph_is_a_line(read: Read, space: str) -> None:
    assert read(_word(_p("One") + _p("Two"), space)) == "One\nTwo\n"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<w:t>a</w:t><w:tab/><w:t>b</w:t>", "a\tb"),
        ("<w:t>a</w:t><w:br/><w:t>b</w:t>", "a\nb"),
        ("<w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t>", "a\N{NON-BREAKING HYPHEN}b"),
        ('<w:sym w:font="Arial" w:char="00E9"/>', "é"),
        ("<w:instrText>PAGE</w:instrText><w:t>7</w:t>", "7"),
        ("<w:delText>old</w:delText><w:t>new</w:t>", "new"),
        ("<w:t>a &amp; b</w:t>", "a & b"),
    ],
)
def test_what_a_run_shows_is_its_text(read: Read, xml: str, text: str) -> None:
    assert read(_word(f"<w:p><w:r>{xml}</w:r></w:p>")) == f"{text}\n"


def test_tables_also_inside_tables_are_read_once(read: Read) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{_p('inner')}</w:tc></w:tr></w:tbl>"
    table = (
        f"<w:tbl><w:tr><w:tc>{_p('left')}</w:tc><w:tc>{inner}{_p('right')}</w:tc></w:tr></w:tbl>"
    )

    assert read(_word(table)).split() == ["left", "inner", "right"]


def test_a_text_box_is_read_once_behind_its_paragraph(read: Read) -> None:
    box = f"<w:txbxContent>{_p('boxed')}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = f"<w:p><w:r><w:t>before</w:t></w:r><w:r>{both}</w:r><w:r><w:t> after</w:t></w:r></w:p>"

    assert read(_word(body)) == "before after\nboxed\n"


def test_content_controls_fields_and_insertions_are_text(read: Read) -> None:
    body = (
        f"<w:sdt><w:sdtContent>{_p('control')}</w:sdtContent></w:sdt>"
        "<w:p><w:fldSimple w:instr='DATE'><w:r><w:t>field</w:t></w:r></w:fldSimple></w:p>"
        "<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>"
        "<w:p><w:del><w:r><w:t>gone</w:t></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>"
        "<w:p><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:p>"
    )

    assert read(_word(body)).split() == ["control", "field", "inserted", "x=1"]


def test_notes_follow_in_the_order_they_are_referred_to(read: Read) -> None:
    def note(number: int, text: str) -> str:
        return f'<w:footnote w:id="{number}">{_p(text)}</w:footnote>'

    body = (
        '<w:p><w:r><w:t>A</w:t></w:r><w:r><w:footnoteReference w:id="3"/></w:r></w:p>'
        '<w:p><w:r><w:t>B</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    )
    separator = f'<w:footnote w:type="separator" w:id="0">{_p("----")}</w:footnote>'
    notes = separator + note(2, "second") + note(3, "first")

    assert read(_word(body, footnotes=notes)) == "A[1]\nB[2]\n\n[1] first\n[2] second\n"


def test_headers_and_footers_frame_the_text_unless_unwanted(read: Read) -> None:
    content = _word(_p("body"), header=_p("top"), footer=_p("bottom"))

    assert read(content).split() == ["top", "body", "bottom"]
    assert read(content, with_margins=False) == "body\n"


def test_what_lies_outside_of_the_file_is_left_out_and_told(read: Read) -> None:
    notes: list[str] = []
    start = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

    text = read(_word("<w:p><w:r><w:t>a&e;b</w:t></w:r></w:p>", start=start), notes)

    assert text == "ab\n"
    assert notes == ["a.docx refers to text outside of itself, which was left out."]


def test_entities_that_multiply_are_refused(read: Read) -> None:
    lines = ['<!ENTITY a0 "' + "lol" * 50 + '">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 30}">' for n in range(1, 8)]
    start = f"<!DOCTYPE x [{''.join(lines)}]>"

    with pytest.raises(BadInputError):
        read(_word("<w:p><w:r><w:t>&a7;</w:t></w:r></w:p>", start=start))


def test_a_part_that_unpacks_to_too_much_is_refused_unread(read: Read) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("word/document.xml", "w") as part,
    ):
        for _ in range(MAX_PART_BYTES // (1 << 20) + 1):
            part.write(b" " * (1 << 20))

    with pytest.raises(TooLargeError, match="unpacks to"):
        read(buffer.getvalue())


def test_a_bomb_that_nobody_reads_does_no_harm(read: Read) -> None:
    buffer = io.BytesIO(_word(_p("fine")))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("word/media/image1.png", "w") as part,
    ):
        for _ in range(64):
            part.write(bytes(1 << 20))

    assert read(buffer.getvalue()) == "fine\n"


def test_an_encrypted_document_needs_its_password(read: Read) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)

    with pytest.raises(NeedsPasswordError):
        read(ole + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnsupportedError, match=r"old \.doc format"):
        read(ole + "WordDocument".encode("utf-16-le"))


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_cut_document_is_damaged(read: Read, keep: float) -> None:
    content = _word(_p("text " * 500))

    with pytest.raises(BadInputError, match="damaged"):
        read(content[: int(len(content) * keep)])


def test_another_kind_of_zip_is_no_word_document(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "hello")

    with pytest.raises(UnsupportedError, match="not a Word document"):
        read(buffer.getvalue())


def test_text_that_is_no_xml_is_damaged(read: Read) -> None:
    with pytest.raises(BadInputError, match="not readable from line 1 on"):
        read(_word("<w:p><w:t>never closed"))
