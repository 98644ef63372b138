"""Word documents become PDFs by our own renderer: what is on the pages, and where."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc.core.errors import (
    BadInputError,
    NeedsPasswordError,
    TooLargeError,
    UnsupportedError,
)
from tests.word_files import STRICT, p, word_bytes

Render = Callable[..., Any]


@pytest.fixture
def render(run: Callable[..., Any], tmp_path: Path) -> Render:
    """Render a Word file by our own means and open the result; notes are in `.notes`."""

    def rendered(content: bytes, name: str = "letter.docx") -> Any:
        source = tmp_path / name
        source.write_bytes(content)
        work = run("docx-to-pdf", source, engine="built-in")
        rendered.notes = work.notes  # type: ignore[attr-defined]
        return pymupdf.open(work.target)

    return rendered


def _spans(page: Any) -> dict[str, Any]:
    """What each stretch of text looks like, by its words."""
    lines = [line for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())]
    return {span["text"].strip(): span for line in lines for span in line["spans"]}


def test_words_sizes_and_looks_are_kept(render: Render) -> None:
    body = (
        p("plain words")
        + p("big and bold", run='<w:b/><w:sz w:val="40"/>')
        + p("red", run='<w:color w:val="FF0000"/>')
        + p("slanted", run="<w:i/>")
        + p("shouted", run="<w:caps/>")
        + p("unseen", run="<w:vanish/>")
    )

    spans = _spans(render(word_bytes(body))[0])

    assert spans["big and bold"]["size"] == 20
    assert "bold" in spans["big and bold"]["font"].lower()
    assert spans["red"]["color"] == 0xFF0000
    assert spans["slanted"]["flags"] & pymupdf.TEXT_FONT_ITALIC
    assert "SHOUTED" in spans
    assert "unseen" not in spans


def test_styles_pass_on_what_they_inherit(render: Render) -> None:
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="30"/></w:rPr></w:rPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="a"/>'
        '<w:rPr><w:color w:val="00FF00"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/>'
        '<w:pPr><w:jc w:val="right"/></w:pPr></w:style>'
    )

    span = _spans(render(word_bytes(p("inherited", '<w:pStyle w:val="B"/>'), styles=styles))[0])

    assert span["inherited"]["size"] == 15
    assert span["inherited"]["color"] == 0x00FF00
    assert abs(span["inherited"]["bbox"][2] - (612 - 72)) < 1


def test_page_size_and_margins_are_those_of_the_section(render: Render) -> None:
    section = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="720" w:right="1440" '
        'w:bottom="720" w:left="2880" w:header="0" w:footer="0"/></w:sectPr>'
    )

    page = render(word_bytes(p("at the corner") + section))[0]

    assert (round(page.rect.width), round(page.rect.height)) == (595, 842)
    left, top, *_ = _spans(page)["at the corner"]["bbox"]
    assert abs(left - 144) < 1
    assert 36 <= top < 42


def test_lists_are_counted_and_begin_again_below(render: Render) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/><w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="360"/>'
        "</w:pPr></w:lvl>"
        for at, (kind, text) in enumerate([("decimal", "%1."), ("lowerLetter", "%1.%2)")])
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )

    def item(text: str, level: int) -> str:
        return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    body = item("one", 0) + item("deep", 1) + item("deeper", 1) + item("two", 0) + item("new", 1)
    text = render(word_bytes(body, numbering=numbering))[0].get_text()

    assert text.split() == [
        "1.",
        "one",
        "1.a)",
        "deep",
        "1.b)",
        "deeper",
        "2.",
        "two",
        "2.a)",
        "new",
    ]


def test_tables_keep_their_grid(render: Render) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    borders = "".join(
        f'<w:{side} w:val="single" w:sz="8"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    yellow = cell("c", '<w:shd w:val="clear" w:fill="FFFF00"/>')
    merged = cell("wide", '<w:gridSpan w:val="2"/>')
    table = (
        f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        '<w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="3000"/></w:tblGrid>'
        f"<w:tr>{cell('a')}{cell('b')}</w:tr><w:tr>{merged}</w:tr>"
        f"<w:tr>{yellow}{cell('d')}</w:tr></w:tbl>"
    )

    page = render(word_bytes(table + p("after")))[0]

    spans = _spans(page)
    assert abs(spans["b"]["bbox"][0] - spans["a"]["bbox"][0] - 100) < 1
    assert spans["wide"]["bbox"][1] > spans["a"]["bbox"][1]
    fills = [d["fill"] for d in page.get_drawings() if d["fill"]]
    assert (1.0, 1.0, 0.0) in fills
    lines = [d for d in page.get_drawings() if d["type"] == "s"]
    assert len(lines) >= 12


def test_header_rows_are_repeated_on_each_page(render: Render) -> None:
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr><w:tc>{p(text)}</w:tc></w:tr>"

    rows = "".join(row(f"row {number}") for number in range(120))
    table = f"<w:tbl><w:tblPr/>{row('The head', '<w:tblHeader/>')}{rows}</w:tbl>"

    document = render(word_bytes(table))

    assert document.page_count > 1
    assert all("The head" in page.get_text() for page in document)
    whole = "".join(page.get_text() for page in document)
    assert [int(n) for n in re.findall(r"row (\d+)", whole)] == list(range(120))


def test_headers_and_footers_know_the_page_and_how_many(render: Render) -> None:
    def number(kind: str) -> str:
        return f'<w:fldSimple w:instr=" {kind} "><w:r><w:t>9</w:t></w:r></w:fldSimple>'

    footer = (
        f'<w:p><w:r><w:t xml:space="preserve">Page </w:t></w:r>{number("PAGE")}'
        f'<w:r><w:t xml:space="preserve"> of </w:t></w:r>{number("NUMPAGES")}</w:p>'
    )
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header"/>'
        '<w:footerReference w:type="default" r:id="footer"/></w:sectPr>'
    )
    pages = p("first") + p("second", "<w:pageBreakBefore/>") + section

    document = render(word_bytes(pages, header=p("Above all"), footer=footer))

    texts = [page.get_text() for page in document]
    assert ["Page 1 of 2" in texts[0], "Page 2 of 2" in texts[1]] == [True, True]
    assert all("Above all" in text for text in texts)


def test_footnotes_stand_at_the_foot_of_their_page(render: Render) -> None:
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p><w:r><w:t>Noted</w:t></w:r>{mark}</w:p>" + p("next", "<w:pageBreakBefore/>")
    notes = f'<w:footnote w:id="2">{p("What the note says")}</w:footnote>'

    document = render(word_bytes(body, footnotes=notes))

    spans = _spans(document[0])
    assert spans["What the note says"]["bbox"][1] > 650
    assert spans["1"]["size"] < spans["Noted"]["size"]
    assert "note says" not in document[1].get_text()


def test_headings_make_the_outline(render: Render) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="H{level}"><w:name w:val="heading {level}"/>'
        "</w:style>"
        for level in (1, 2)
    )
    body = (
        p("Part", '<w:pStyle w:val="H1"/>')
        + p("Chapter", '<w:pStyle w:val="H2"/>')
        + p("Other part", '<w:pStyle w:val="H1"/><w:pageBreakBefore/>')
    )

    toc = render(word_bytes(body, styles=styles)).get_toc()

    assert toc == [[1, "Part", 1], [2, "Chapter", 1], [1, "Other part", 2]]


def test_links_lead_outside_and_to_bookmarks(render: Render) -> None:
    body = (
        '<w:p><w:hyperlink r:id="site"><w:r><w:t>our site</w:t></w:r></w:hyperlink></w:p>'
        '<w:p><w:hyperlink w:anchor="there"><w:r><w:t>further on</w:t></w:r></w:hyperlink></w:p>'
        '<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:bookmarkStart w:id="0" w:name="there"/>'
        "<w:r><w:t>the place</w:t></w:r></w:p>"
    )

    links = render(word_bytes(body, links={"site": "https://example.org/x"}))[0].get_links()

    assert [link.get("uri") for link in links] == ["https://example.org/x", None]
    assert links[1]["page"] == 1


def _picture(name: str, width: int, height: int) -> str:
    size = f'cx="{width * 12700}" cy="{height * 12700}"'
    return (
        f"<w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><a:graphic><a:graphicData><pic:pic>"
        f'<pic:blipFill><a:blip r:embed="{name}"/></pic:blipFill></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def test_pictures_have_their_size_and_are_stored_once(render: Render) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(buffer, "PNG")
    body = p("above") + _picture("dot.png", 120, 80) * 2

    document = render(word_bytes(body, media={"dot.png": buffer.getvalue()}))

    shown = document[0].get_image_info(xrefs=True)
    assert len(shown) == 2
    assert len({info["xref"] for info in shown}) == 1
    left, top, right, bottom = shown[0]["bbox"]
    assert (round(right - left), round(bottom - top)) == (120, 80)


def test_a_picture_that_is_damaged_is_named_and_left_out(render: Render) -> None:
    body = p("words stay") + _picture("bad.png", 50, 50)

    document = render(word_bytes(body, media={"bad.png": b"\x89PNG\r\n\x1a\nbroken"}))

    assert "words stay" in document[0].get_text()
    assert any("bad.png" in note for note in render.notes)  # type: ignore[attr-defined]


def test_text_boxes_and_content_controls_are_drawn(render: Render) -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:anchor>"
        '<wp:extent cx="2540000" cy="1270000"/><a:graphic><a:graphicData><wps:wsp>'
        f"<wps:txbx><w:txbxContent>{p('boxed words')}</w:txbxContent></wps:txbx></wps:wsp>"
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback>"
        f"<w:pict>{p('twice')}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    control = f"<w:sdt><w:sdtContent>{p('controlled words')}</w:sdtContent></w:sdt>"

    text = render(word_bytes(box + control))[0].get_text()

    assert "boxed words" in text
    assert "controlled words" in text
    assert "twice" not in text


def test_columns_are_filled_one_after_the_other(render: Render) -> None:
    section = '<w:sectPr><w:cols w:num="2" w:space="720"/></w:sectPr>'
    body = "".join(p(f"line{number}") for number in range(70)) + section

    spans = _spans(render(word_bytes(body))[0])

    assert spans["line0"]["bbox"][0] < 100
    assert spans["line69"]["bbox"][0] > 300


def test_any_script_finds_a_font(render: Render) -> None:
    words = "Grüße Привет Γειά 你好 שלום"

    text = render(word_bytes(p(words)))[0].get_text()

    for word in ("Grüße", "Привет", "Γειά", "你好"):
        assert word in text


def test_a_font_that_is_not_there_is_named(render: Render) -> None:
    run = '<w:rFonts w:ascii="No Such Face" w:hAnsi="No Such Face"/>'

    render(word_bytes(p("words", run=run)))

    assert any("No Such Face (" in note for note in render.notes)  # type: ignore[attr-defined]


def test_a_strict_document_is_read_like_any_other(render: Render) -> None:
    assert "strict words" in render(word_bytes(p("strict words"), space=STRICT))[0].get_text()


def test_what_lies_outside_of_the_document_is_not_fetched(render: Render, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    start = f'<!DOCTYPE x [<!ENTITY out SYSTEM "{secret.as_uri()}">]>'
    body = "<w:p><w:r><w:t>before &out; after</w:t></w:r></w:p>"

    text = render(word_bytes(body, start=start))[0].get_text()

    assert "SECRET" not in text
    assert any("outside of itself" in note for note in render.notes)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", BadInputError),
        (b"Just text, not a document.", UnsupportedError),
        (b"{\\rtf1 words}", UnsupportedError),
        (word_bytes("<w:p><w:r>"), BadInputError),
        (word_bytes()[:700], BadInputError),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            NeedsPasswordError,
        ),
        (word_bytes("<w:p/>" + " " * (129 << 20)), TooLargeError),
    ],
    ids=["empty", "text", "rtf", "malformed", "cut", "encrypted", "bomb"],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    run: Callable[..., Any], tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    source = tmp_path / "wrong.docx"
    source.write_bytes(content)

    with pytest.raises(error, match=r"wrong\.docx.*\."):
        run("docx-to-pdf", source)


def test_deeply_nested_tables_end_with_a_note(render: Render) -> None:
    depth = 60
    body = "<w:tbl><w:tr><w:tc>" * depth + p("the inmost") + "<w:p/></w:tc></w:tr></w:tbl>" * depth

    document = render(word_bytes(body))

    assert "inmost" in "".join(page.get_text() for page in document)
    assert any("nested" in note for note in render.notes)  # type: ignore[attr-defined]


def test_hundreds_of_pages_yield_stop_points(make_work: Callable[..., Any], tmp_path: Path) -> None:
    from desktopproc import ops

    source = tmp_path / "long.docx"
    source.write_bytes(word_bytes(p("words", "<w:pageBreakBefore/>") * 300))
    work = make_work("docx-to-pdf", [source], tmp_path, engine="built-in")

    steps = list(ops.load()["docx-to-pdf"].run(work))

    assert len(steps) >= 2 * 300
    assert steps[-1][0] == steps[-1][1]


def test_arabic_is_written_from_the_right_and_found_as_letters(render: Render) -> None:
    body = p("مرحبا بالعالم 2024", "<w:bidi/>")

    page = render(word_bytes(body))[0]

    assert "مرحبا" in page.get_text()
    words = {word[4]: word[0] for word in page.get_text("words")}
    assert words["مرحبا"] > words["بالعالم"] > words["2024"]


def test_a_floating_picture_stands_where_it_was_put(render: Render) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), (20, 30, 200)).save(buffer, "PNG")
    inline = _picture("dot.png", 100, 50)
    offsets = "".join(
        f'<wp:position{way} relativeFrom="page"><wp:posOffset>{points * 12700}</wp:posOffset>'
        f"</wp:position{way}>"
        for way, points in (("H", 300), ("V", 400))
    )
    floating = inline.replace("<wp:inline>", f"<wp:anchor>{offsets}").replace(
        "</wp:inline>", "</wp:anchor>"
    )

    document = render(word_bytes(p("words") + floating, media={"dot.png": buffer.getvalue()}))

    (shown,) = document[0].get_image_info()
    assert [round(edge) for edge in shown["bbox"]] == [300, 400, 400, 450]


def test_fonts_are_embedded_as_subsets(render: Render) -> None:
    document = render(word_bytes(p("one")))

    assert document.metadata["producer"] == "desktopproc"
    assert all(font[3][6] == "+" for font in document[0].get_fonts())
