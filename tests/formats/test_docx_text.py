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
from desktopproc.formats.docx import document_blocks
from desktopproc.formats.docx_package import MAX_PART_BYTES
from desktopproc.formats.texts.blocks import Parts
from desktopproc.formats.texts.markdown import markdown_of
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


def _no_note(sentence: str) -> None:
    raise AssertionError(sentence)


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


def _item(text: str, number: int = 1, level: int = 0) -> str:
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


_LISTS = (
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
    "</w:lvl>"
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="o"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="10"/></w:lvlOverride></w:num>'
)


def test_list_items_carry_their_numbers(read: Read) -> None:
    body = _item("a") + _item("b", level=1) + _item("c", level=1) + _item("d") + _item("e", 3)
    body += _item("f", 3) + _item("g", 2)

    lines = read(_word(body, numbering=_LISTS)).splitlines()

    assert lines == ["3. a", "  3.a) b", "  3.b) c", "4. d", "10. e", "11. f", "\N{BULLET} g"]


_STYLES = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/>'
    '<w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:type="character" w:styleId="Fett"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr>'
    "</w:style>"
)


def test_styles_make_headings_and_emphasis_in_markdown() -> None:
    def styled(style: str, text: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'

    body = styled("berschrift1", "Top") + styled("Own", "Below")
    body += (
        '<w:p><w:r><w:rPr><w:rStyle w:val="Fett"/></w:rPr><w:t xml:space="preserve">bold </w:t>'
        "</w:r><w:r><w:rPr><w:i/></w:rPr><w:t>slanted</w:t></w:r>"
        '<w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t xml:space="preserve"> and * plain</w:t></w:r>'
        "</w:p>"
    )

    blocks = document_blocks("a.docx", _word(body, styles=_STYLES), _no_note, Parts())

    assert markdown_of(blocks).split("\n\n") == [
        "# Top",
        "### Below",
        "**bold** *slanted* and \\* plain\n",
    ]


def test_a_field_and_a_relation_make_links_in_markdown() -> None:
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> HYPERLINK "https://a.example/(x)" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>there</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t> not here</w:t></w:r></w:p>'
    )

    blocks = document_blocks("a.docx", _word(body), _no_note, Parts())

    assert markdown_of(blocks) == "[there](<https://a.example/(x)>) not here\n"


def test_cells_that_cover_columns_are_told_once(read: Read) -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{_p("wide")}</w:tc>'
    rows = f"<w:tr>{wide}</w:tr><w:tr><w:tc>{_p('a')}</w:tc><w:tc>{_p('b')}</w:tc></w:tr>"

    blocks = document_blocks("a.docx", _word(f"<w:tbl>{rows}</w:tbl>"), _no_note, Parts())

    assert markdown_of(blocks) == "| wide |  |\n| --- | --- |\n| a | b |\n"


def test_comments_are_read_on_request_and_told_otherwise() -> None:
    comments = f'<w:comment w:id="1" w:author="Ann">{_p("Really?")}</w:comment>'
    content = _word(_p("body"), comments=comments)
    told: list[str] = []

    without = text_of(document_blocks("a.docx", content, told.append, Parts()))
    with_them = text_of(document_blocks("a.docx", content, told.append, Parts(comments=True)))

    assert without == "body\n"
    assert with_them == "body\n\n[Ann] Really?\n"
    assert told == ["Its comments were left out."]


def test_the_first_alternative_is_read_or_else_the_second(read: Read) -> None:
    alone = f"<mc:AlternateContent><mc:Fallback>{_p('old')}</mc:Fallback></mc:AlternateContent>"

    assert read(_word(alone)) == "old\n"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_parts_of_the_same_name_are_told(read: Read) -> None:
    buffer = io.BytesIO(_word(_p("first")))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("word/document.xml", _document(_p("second")))
    notes: list[str] = []

    assert read(buffer.getvalue(), notes) == "second\n"
    assert notes == ["a.docx holds parts of the same name; the last of each was read."]


def _document(body: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
