"""Text out of RTF, ODT, EPUB, web pages and plain text: all of it, in order, with its form."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.errors import BadInputError, NeedsPasswordError, UnsupportedError
from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


@pytest.fixture
def markdown(run: Run, tmp_path: Path) -> Callable[..., str]:
    """The Markdown of a file with this content."""

    def read(name: str, content: bytes, told: list[str] | None = None, **options: Any) -> str:
        path = tmp_path / name
        path.write_bytes(content)
        work = run("extract-text", path, format="md", **options)
        if told is not None:
            told += work.notes
        else:
            assert work.notes == []
        return str(work.target.read_text(encoding="utf-8"))

    return read


Read = Callable[..., str]

RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial Cyr;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\s1\outlinelevel0 heading 1;}{\s2 Heading 2;}}
{\info{\title Not shown}}{\header\pard Top of page\par}{\footer\pard Foot\par}
\pard\s1 The title\par\pard\s2 Below\par
\pard Caf\'e9 \u8364?5 and {\b bold} and {\i slanted}\line next line{\footnote\pard A note.\par}.
\par\pard\f1 \'cf\'f0\'e8\'e2\'e5\'f2\f0\par
{\pntext 1.\tab}first\par{\pntext 2.\tab}second\par
\pard {\field{\*\fldinst HYPERLINK "https://a.example/x"}{\fldrslt there}}\par
\trowd\pard\intbl left\cell right\cell\row\trowd\pard\intbl a\cell b\cell\row
\pard The end\{\}\par}"""


def test_rtf_keeps_its_form(markdown: Read) -> None:
    blocks = markdown("a.rtf", RTF).rstrip().split("\n\n")

    assert blocks == [
        "Top of page",
        "# The title",
        "## Below",
        "Caf\xe9 \u20ac5 and **bold** and *slanted*  \nnext line[1].",
        "\u041f\u0440\u0438\u0432\u0435\u0442",
        "1. first\n2. second",
        "[there](https://a.example/x)",
        "| left | right |\n| --- | --- |\n| a | b |",
        "The end{}",
        "[1] A note.",
        "Foot",
    ]


def test_margins_and_notes_of_rtf_may_be_left_out(markdown: Read) -> None:
    text = markdown("a.rtf", RTF, headers=False, notes=False)

    assert "Top of page" not in text
    assert "A note" not in text


def test_rtf_that_is_cut_off_is_told(markdown: Read) -> None:
    notes: list[str] = []

    assert "The title" in markdown("a.rtf", RTF[:-200], notes)
    assert notes == ["a.rtf ends in the middle; what there is was read."]


def test_groups_without_end_are_refused(markdown: Read) -> None:
    with pytest.raises(BadInputError, match="nested without end"):
        markdown("a.rtf", b"{\\rtf1" + b"{" * 100_000)


def _zipped(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _odt(body: str, styles: str = "", manifest: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{prefix}="{OFFICE}:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    spaces += ' xmlns:fo="fo" xmlns:xlink="xlink" xmlns:dc="dc"'
    content = f"<office:document-content {spaces}>{styles}{body}</office:document-content>"
    frame = (
        f"<office:document-styles {spaces}><style:master-page><style:header><text:p>Top</text:p>"
        "</style:header></style:master-page></office:document-styles>"
    )
    return _zipped(
        **{
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "styles.xml": frame,
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )


ODT_STYLES = (
    '<style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" '
    'style:num-format="1"/></text:list-style>'
)
ODT = (
    '<text:h text:outline-level="2">Head</text:h>'
    '<text:p>two<text:s text:c="3"/>gaps, <text:span text:style-name="T1">bold</text:span>'
    "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Note</text:p>"
    "</text:note-body></text:note><office:annotation><dc:creator>Ann</dc:creator>"
    "<dc:date>2024-01-01</dc:date><text:p>Why?</text:p></office:annotation></text:p>"
    "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    '<text:list text:style-name="L1"><text:list-item><text:p>one</text:p></text:list-item>'
    "<text:list-item><text:p>two</text:p><text:list><text:list-item><text:p>in</text:p>"
    "</text:list-item></text:list></text:list-item></text:list>"
    "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
    "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
    "<text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>"
    '<text:a xlink:href="https://a.example/">link</text:a></text:p>'
)


def test_odt_keeps_its_form(markdown: Read) -> None:
    notes: list[str] = []

    blocks = markdown("a.odt", _odt(ODT, ODT_STYLES), notes).rstrip().split("\n\n")

    assert blocks == [
        "Top",
        "## Head",
        "two   gaps, **bold**[1]",
        "1. one\n2. two\n    - in",
        "| a | b |\n| --- | --- |",
        "[link](https://a.example/)",
        "boxed",
        "[1] Note",
    ]
    assert notes == ["Its comments were left out."]


def test_comments_of_odt_are_read_on_request(markdown: Read) -> None:
    assert "[Ann]\n\nWhy?" in markdown("a.odt", _odt(ODT), comments=True)


def test_an_encrypted_odt_needs_its_password(markdown: Read) -> None:
    with pytest.raises(NeedsPasswordError, match="password-protected"):
        markdown("a.odt", _odt(ODT, manifest="<manifest:encryption-data/>".replace(":", "-")))


HTML = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Not shown</title>
<style>p {color: red}</style></head><body><h1>Title</h1><p>Words   with <b>bold</b>,
<a href="https://a.example/">a link</a> &amp; more<br>below<p>unclosed
<script>alert("no")</script><ol start="3"><li>three<li>four<ul><li>inner</ul></ol>
<table><tr><th colspan=2>wide<tr><td>a<td>b</table><pre>kept
  as it is</pre></body></html>"""


def test_a_web_page_keeps_its_form(markdown: Read) -> None:
    assert markdown("a.html", HTML.encode()).rstrip().split("\n\n") == [
        "# Title",
        "Words with **bold**, [a link](https://a.example/) & more  \nbelow",
        "unclosed",
        "3. three\n4. four\n    - inner",
        "| wide |  |\n| --- | --- |\n| a | b |",
        "kept  \n  as it is",
    ]


def test_a_web_page_in_another_encoding_is_read_as_it_says(markdown: Read) -> None:
    page = '<html><head><meta charset="koi8-r"></head><body>Привет, мир</body></html>'

    assert markdown("a.html", page.encode("koi8-r")) == "Привет, мир\n"


def _epub(**more: str) -> bytes:
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    book = (
        '<package><manifest><item id="b" href="b%20b.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="i" href="i.png" media-type="image/png"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    pages = {
        "OPS/a.xhtml": "<html><body><h1>One</h1><p>first</p></body></html>",
        "OPS/b b.xhtml": "<html><body><h1>Two</h1><p>second</p></body></html>",
    }
    files = {"META-INF/container.xml": container, "OPS/book.opf": book, **pages, **more}
    return _zipped(mimetype="application/epub+zip", **files)


def test_a_book_is_read_chapter_by_chapter(markdown: Read) -> None:
    assert markdown("a.epub", _epub()) == "# One\n\nfirst\n\n# Two\n\nsecond\n"


def test_a_copy_protected_book_is_refused(markdown: Read) -> None:
    locked = {"META-INF/encryption.xml": '<e><EncryptionMethod Algorithm="aes128-cbc"/></e>'}

    with pytest.raises(UnsupportedError, match="copy-protected"):
        markdown("a.epub", _epub(**locked))


def test_plain_text_stays_as_it_is(markdown: Read) -> None:
    text = "# A note\r\n\r\n* one\r\n* two_three\r\n"

    assert markdown("a.txt", text.encode("utf-16")) == "# A note\n\n* one\n* two_three\n"


def test_an_encoding_that_had_to_be_guessed_is_told(markdown: Read) -> None:
    notes: list[str] = []

    assert (
        markdown("a.txt", "Grüße und noch mehr".encode("cp1252"), notes) == "Grüße und noch mehr\n"
    )
    assert "read as Western European" in notes[0]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_a_web_page_under_another_name_is_refused(markdown: Read, name: str) -> None:
    with pytest.raises(UnsupportedError, match="neither a PDF nor a Word document"):
        markdown(name, HTML.encode())
