"""Text out of PDFs and Word files: complete, in UTF-8, with what is missing said."""

import io
import json
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc import ops
from desktopproc.core.errors import BadInputError, NeedsPasswordError, ProcError, UnsupportedError
from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
MIN_WORDS = 30  # below, one word that two programs see differently is already several per cent
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")


def _text(work: Work[Any]) -> str:
    return str(work.target.read_text(encoding="utf-8"))


def _pdf(path: Path, *texts: str, **words: Any) -> Path:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_text((72, 72), text, fontname="helv")
        document.save(path, **words)
    return path


def test_pages_are_parted_by_a_form_feed(run: Run, document: Path) -> None:
    pages = _text(run("extract-text", document)).split("\f")

    assert [page.strip() for page in pages] == [f"Page {n} of the sample" for n in (1, 2, 3)]


def test_pages_may_be_parted_by_a_blank_line(run: Run, document: Path) -> None:
    text = _text(run("extract-text", document, between="blank-line"))

    assert "\f" not in text
    assert "sample\n\nPage 2" in re.sub(r"\n{2,}", "\n\n", text)


@pytest.mark.parametrize(
    ("pages", "found"),
    [("2", [2]), ("1-2", [1, 2]), ("3,1", [3, 1]), ("2-", [2, 3]), ("1-99", [1, 2, 3])],
)
def test_only_the_pages_asked_for_are_read(
    run: Run, document: Path, pages: str, found: list[int]
) -> None:
    text = _text(run("extract-text", document, pages=pages))

    assert [int(number) for number in re.findall(r"Page (\d)", text)] == found


def test_pages_that_are_not_there_are_an_error(run: Run, document: Path) -> None:
    with pytest.raises(BadInputError, match=r"has 3 pages, and none of those asked for \(7-9\)"):
        run("extract-text", document, pages="7-9")


def test_broken_words_are_joined_unless_unwanted(run: Run, tmp_path: Path) -> None:
    path = _pdf(tmp_path / "a.pdf", "The pro-\ngram on Anna-\nLena 3-\n4")

    assert "program on Anna-\nLena 3-\n4" in _text(run("extract-text", path))
    assert "pro-\ngram" in _text(run("extract-text", path, dehyphenate=False))


def test_form_fields_are_text_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as document:
        field = pymupdf.Widget()
        field.field_name, field.field_value = "name", "Filled by hand"
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(72, 72, 300, 92)
        document.new_page().add_widget(field)
        document.save(path)

    assert "Filled by hand" in _text(run("extract-text", path))


def test_a_password_is_asked_for_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    path = _pdf(tmp_path / "secret.pdf", "x", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x")

    with pytest.raises(NeedsPasswordError, match=r"secret\.pdf is password-protected"):
        run("extract-text", path)


def test_a_pdf_for_everyone_to_read_needs_no_password(run: Run, tmp_path: Path) -> None:
    path = _pdf(tmp_path / "a.pdf", "free", encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="boss")

    assert "free" in _text(run("extract-text", path))


def test_what_had_to_be_mended_is_told(run: Run, document: Path) -> None:
    content = document.read_bytes()
    document.write_bytes(content[: content.rindex(b"xref")])

    work = run("extract-text", document)

    assert "Page 2 of the sample" in _text(work)
    assert work.notes == ["paper.pdf is damaged and was repaired while reading; check the result."]


def test_a_scan_without_text_says_so(run: Run, tmp_path: Path) -> None:
    path = _pdf(tmp_path / "scan.pdf", "")

    assert run("extract-text", path).notes == [
        "No text was found. Its pages may be pictures of text."
    ]


def test_a_web_page_in_disguise_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(b"<html><body>Hello</body></html>")

    with pytest.raises(UnsupportedError, match="neither a PDF nor a Word document"):
        run("extract-text", path)


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", _CJK.sub(r" \g<0> ", text)))


def _likeness(found: Counter[str], wanted: Counter[str]) -> float:
    """The F1 measure over words: 1 when both texts have the same words equally often."""
    return 2 * (found & wanted).total() / max(1, found.total() + wanted.total())


def _likenesses(run: Run, corpus: Path, kind: str, **options: Any) -> list[float]:
    facts = json.loads((corpus / "expected" / f"{kind}.json").read_text())
    found = []
    for name, known in facts.items():
        if "text_file" not in known or "bomb" in name or "20000-pages" in name:
            continue
        wanted = (corpus / "expected" / known["text_file"]).read_text("utf-8", "replace")
        if sum(_words(wanted).values()) < MIN_WORDS:
            continue
        try:
            work = run("extract-text", corpus / name, **options)
        except ProcError:
            continue
        found.append(_likeness(_words(_text(work)), _words(wanted)))
    return sorted(found)


def test_pdf_text_is_what_pdftotext_finds(run: Run, corpus: Path) -> None:
    found = _likenesses(run, corpus, "pdf")

    assert len(found) >= 50
    assert statistics.median(found) >= 0.97
    assert found[len(found) // 10] >= 0.90


@pytest.mark.parametrize("how", ["md", "json"])
def test_no_word_of_a_pdf_is_lost_in_another_format(run: Run, corpus: Path, how: str) -> None:
    for path in sorted((corpus / "pdf" / "pdf.js").glob("*.pdf"))[::9]:
        try:
            plain = run("extract-text", path, pages="1-3", dehyphenate=False)
        except ProcError:
            continue

        other = run("extract-text", path, pages="1-3", dehyphenate=False, format=how)

        missing = _letters(_text(plain)) - _letters(_text(other))
        assert missing.total() <= 0.02 * _letters(_text(plain)).total(), path.name


def _letters(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign.isascii() and sign.isalnum())


def test_a_page_with_endless_links_is_read_in_time(run: Run, corpus: Path) -> None:
    work = run("extract-text", corpus / "pdf-broken/pdf.js/bug1978317.pdf", format="md")

    assert work.target.exists()


def test_a_file_without_pages_is_a_failure(run: Run, corpus: Path) -> None:
    with pytest.raises(BadInputError, match="has no pages that can be read"):
        run("extract-text", corpus / "pdf-broken/generated/gen-nested-arrays-30000.pdf")


@pytest.mark.parametrize("name", ["hello.docm", "hello.dotx"])
def test_macros_templates_and_dangling_relations_are_read(
    run: Run, tmp_path: Path, docx_bytes: Callable[..., bytes], name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(_without(docx_bytes(header="<w:p/>"), "word/header.xml"))

    assert "Some words of the sample" in _text(run("extract-text", path))


def _without(content: bytes, part: str) -> bytes:
    """A Word file with a relation to a part that is not there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    return buffer.getvalue()


def test_a_long_word_document_can_be_stopped_on_its_way(
    make_work: Callable[..., Work[Any]], tmp_path: Path, docx_bytes: Callable[..., bytes]
) -> None:
    path = tmp_path / "long.docx"
    path.write_bytes(docx_bytes("<w:p><w:r><w:t>words</w:t></w:r></w:p>" * 20_000))
    work = make_work("extract-text", [path], tmp_path)

    steps = list(ops.load()["extract-text"].run(work))

    assert len(steps) > 3
    assert steps[-1] == (len(steps), len(steps))


def test_word_text_is_what_pandoc_finds(run: Run, corpus: Path) -> None:
    found = _likenesses(run, corpus, "docx", headers=False)  # pandoc leaves them out

    assert len(found) >= 100
    assert statistics.median(found) >= 0.97
    assert found[len(found) // 10] >= 0.90
