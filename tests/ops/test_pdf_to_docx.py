"""PDFs become Word documents whose words, headings, lists, tables and pictures can be edited."""

import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.errors import NeedsPasswordError

Run = Callable[..., Any]


def _pdf(path: Path, draw: Callable[[Any], None], pages: int = 1) -> Path:
    import pymupdf

    document = pymupdf.open()
    for _ in range(pages):
        draw(document.new_page(width=595, height=842))
    document.save(path)
    document.close()
    return path


def _part(target: Path, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None
        return package.read(name).decode("utf-8")


def _text(xml: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r"</w:p>", "\n", xml))


def _letter(page: Any) -> None:
    page.insert_text((72, 90), "A large heading", fontsize=22)
    words = "These words run over several lines of the page and belong to one para-"
    page.insert_text((72, 130), words, fontsize=11)
    page.insert_text((72, 144), "graph that goes on here.", fontsize=11)
    page.insert_text((72, 190), "1. First thing to do", fontsize=11)
    page.insert_text((72, 206), "2. Second thing to do", fontsize=11)
    page.insert_text((72, 250), "Bold words", fontsize=11, fontname="hebo")
    for line in range(20):
        page.insert_text((72, 300 + 14 * line), f"Line {line} of plain body text.", fontsize=11)


def test_headings_paragraphs_and_lists_become_what_they_are(run: Run, tmp_path: Path) -> None:
    source = _pdf(tmp_path / "letter.pdf", _letter)

    xml = _part(run("pdf-to-docx", source).target)

    heading = re.search(r"<w:p><w:pPr>(.*?)</w:pPr>(.*?)</w:p>", xml)
    assert heading is not None
    assert 'w:val="Heading1"' in heading[1]
    assert "A large heading" in heading[2]
    assert "one paragraph that goes on here." in xml
    assert xml.count("<w:numPr>") == 2
    assert "First thing to do" in xml
    assert "1. First" not in xml
    assert re.search(r"<w:b/>.{0,60}Bold words", xml)


def test_page_size_breaks_and_properties_are_kept(run: Run, tmp_path: Path) -> None:
    source = _pdf(tmp_path / "three.pdf", _letter, pages=3)

    xml = _part(run("pdf-to-docx", source).target)
    running = _part(run("pdf-to-docx", source, page_breaks=False).target)

    assert '<w:pgSz w:w="11900" w:h="16840"/>' in xml
    assert xml.count("<w:pageBreakBefore/>") == 2
    assert "<w:pageBreakBefore/>" not in running


def test_only_the_pages_asked_for_are_converted(run: Run, document: Path) -> None:
    text = _text(_part(run("pdf-to-docx", document, pages="2").target))

    assert "Page 2" in text
    assert "Page 1" not in text


def test_ruled_tables_become_tables(run: Run, tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        for row in range(4):
            page.draw_line((72, 100 + 30 * row), (372, 100 + 30 * row))
            for column in range(3):
                if row < 3:
                    page.insert_text((80 + 100 * column, 120 + 30 * row), f"r{row}c{column}")
        for column in range(4):
            page.draw_line((72 + 100 * column, 100), (72 + 100 * column, 190))

    xml = _part(run("pdf-to-docx", _pdf(tmp_path / "table.pdf", draw)).target)

    rows = re.findall(r"<w:tr>.*?</w:tr>", xml)
    cells = [re.findall(r"<w:t [^>]*>([^<]*)", row) for row in rows]
    assert cells == [[f"r{row}c{column}" for column in range(3)] for row in range(3)]


def test_pictures_are_stored_once_and_as_they_are(
    run: Run, tmp_path: Path, jpeg_bytes: Callable[..., bytes]
) -> None:
    jpeg = jpeg_bytes((300, 200))

    def draw(page: Any) -> None:
        page.insert_text((72, 90), "Above the picture are words")
        page.insert_image((100, 120, 400, 320), stream=jpeg)

    target = run("pdf-to-docx", _pdf(tmp_path / "pictures.pdf", draw, pages=2)).target

    with zipfile.ZipFile(target) as package:
        media = [name for name in package.namelist() if name.startswith("word/media/")]
        assert len(media) == 1
        assert package.read(media[0]) == jpeg
    assert _part(target).count("<w:drawing>") == 2
    assert f'cx="{300 * 12700}" cy="{200 * 12700}"' in _part(target)


def test_scans_are_named_and_their_pictures_put_in(
    run: Run, tmp_path: Path, jpeg_bytes: Callable[..., bytes]
) -> None:
    def draw(page: Any) -> None:
        page.insert_image(page.rect, stream=jpeg_bytes((620, 877)))

    work = run("pdf-to-docx", _pdf(tmp_path / "scan.pdf", draw, pages=3), pictures=False)

    assert any("Pages 1-3 are pictures of text; run ocr-pdf" in note for note in work.notes)
    assert _part(work.target).count("<w:drawing>") == 3


def test_running_heads_become_headers_with_a_page_field(run: Run, tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 40), f"Yearly report, page {page.number + 1}", fontsize=9)
        for line in range(30):
            page.insert_text((72, 100 + 14 * line), f"Words of line {line}, page {page.number}.")

    target = run("pdf-to-docx", _pdf(tmp_path / "report.pdf", draw, pages=6)).target

    assert "Yearly report" not in _part(target)
    header = _part(target, "word/header.xml")
    assert header.count("Yearly report") == 1
    assert 'w:instr=" PAGE "' in header


def test_links_lead_where_they_led(run: Run, tmp_path: Path) -> None:
    import pymupdf

    def draw(page: Any) -> None:
        page.insert_text((72, 90), "Our site")
        place = {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(70, 78, 120, 94)}
        page.insert_link({**place, "uri": "https://example.org/a?b=1&c=2"})

    target = run("pdf-to-docx", _pdf(tmp_path / "link.pdf", draw)).target

    assert re.search(r'<w:hyperlink r:id="rId\d+">.*Our site', _part(target))
    rels = _part(target, "word/_rels/document.xml.rels")
    assert 'Target="https://example.org/a?b=1&amp;c=2" TargetMode="External"' in rels


def test_what_no_xml_may_hold_is_left_out(run: Run, tmp_path: Path) -> None:
    from desktopproc.formats.word.docx_output import text_of

    assert text_of("a\x00b\x0b<&>\ud800c") == "ab&lt;&amp;&gt;c"


def test_a_protected_pdf_needs_its_password(run: Run, tmp_path: Path) -> None:
    import pymupdf

    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "secret")
    source = tmp_path / "locked.pdf"
    document.save(source, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="a", owner_pw="b")
    document.close()

    with pytest.raises(NeedsPasswordError, match=r"locked\.pdf"):
        run("pdf-to-docx", source)


def test_no_word_is_lost_on_real_pdfs(run: Run, corpus: Path) -> None:
    import pymupdf

    source = corpus / "pdf" / "pdf.js" / "issue15012.pdf"
    target = run("pdf-to-docx", source).target

    with pymupdf.open(source) as pdf:
        flags = pymupdf.TEXT_DEHYPHENATE | pymupdf.TEXT_PRESERVE_WHITESPACE
        before = Counter(re.findall(r"\w+", "\n".join(p.get_text(flags=flags) for p in pdf)))
    after = Counter(re.findall(r"\w+", _text(_part(target))))
    same = sum((before & after).values())
    assert 2 * same / (sum(before.values()) + sum(after.values())) > 0.95


@pytest.mark.outside
def test_libreoffice_opens_what_was_written(run: Run, tmp_path: Path) -> None:
    import pymupdf

    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source = _pdf(tmp_path / "letter.pdf", _letter, pages=2)
    made = tmp_path / "made.docx"
    shutil.copy(run("pdf-to-docx", source).target, made)

    back = run("docx-to-pdf", made, engine="libreoffice").target

    with pymupdf.open(back) as pdf:
        assert pdf.page_count == 2
        assert "Second thing to do" in pdf[1].get_text()
        assert "1." in pdf[0].get_text()


def test_a_part_is_well_formed_xml(run: Run, document: Path) -> None:
    from xml.etree import ElementTree

    with zipfile.ZipFile(io.BytesIO(run("pdf-to-docx", document).target.read_bytes())) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(name))
