"""Templates say in which line they are wrong, and fonts carry what is asked of them."""

import io
from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import UsageError
from desktopproc.core.resources import resources
from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.typesetting import template_files
from desktopproc.formats.typesetting.label_formats import SHEETS
from desktopproc.formats.typesetting.page import Page
from desktopproc.formats.typesetting.phrases import Phrase
from desktopproc.formats.typesetting.setting import Setter, Style
from desktopproc.formats.typesetting.template_reader import read_template
from desktopproc.formats.typesetting.toml_lines import TomlLines

BUILT_IN = sorted(resources("templates").glob("*.toml"))


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda file: file.stem)
def test_every_template_of_the_program_is_right(file: Path) -> None:
    template = read_template(file.name, file.read_text(encoding="utf-8"))

    words = template.words[""]
    assert all(own.keys() == words.keys() for own in template.words.values())
    asked = {name for _, name in template.asked if name.startswith("words.")}
    assert {name.removeprefix("words.") for name in asked} <= words.keys()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('[page]\nsize = "b9"\n[[block]]\nkind = "rule"', 2, "'size' is one of"),
        ('[[block]]\nkind = "rule"\n\n[[block]]\nkind = "rulr"', 5, "'kind' is one of"),
        ('[[block]]\nkind = "text"', 1, "needs 'text'"),
        ('[[block]]\nkind = "text"\ntext = "{number"', 3, "brace"),
        ('[[block]]\nkind = "text"\ntext = """\na\nb"""\ncolor = "red"', 6, "no 'color'"),
        ('[[block]]\nkind = "table"\n[[block.column]]\nhead = "x"', 3, "needs 'value'"),
        (
            '[[block]]\nkind = "columns"\n[[block.column]]\ntext = "a"\n'
            '[[block.column]]\ntext = "b"\nsize = "big"',
            7,
            "'size' is a number",
        ),
        ("[page]\nmargins = [200, 0, 200, 0]\n[label]\ntext = 'x'", 2, "no room"),
        ("[words]\na = 'b'", 1, "either a"),
        ("[page\n", 1, "line 1"),
    ],
)
def test_a_template_that_is_wrong_names_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(UsageError, match=r"my\.toml") as caught:
        read_template("my.toml", text)

    assert f"line {line}" in str(caught.value)
    assert why in str(caught.value)


def test_lines_of_values_are_found_in_nested_lists() -> None:
    lines = TomlLines('a = 1\n[[b]]\n[[b.c]]\nd = """\ne = 2\n"""\nf = 3\n[[b]]\n[[b.c]]\nd = 4\n')

    assert lines.of(("a",)) == 1
    assert lines.of(("b", 0, "c", 0, "f")) == 7
    assert lines.of(("b", 1, "c", 0, "d")) == 10
    assert lines.of(("b", 1, "nowhere")) == 8


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("{a}", {"a": "1"}, "1"),
        ("{a|b}", {"b": "2"}, "2"),
        ("{a}\nalways\n{b}", {}, "always"),
        ("{{{a}}}", {"a": "1"}, "{1}"),
        ("{a} · {b} · {c}", {"a": "1", "c": "3"}, "1 · 3"),
        ("{a} {b} {c}", {"a": "1", "c": "3"}, "1 3"),
        ("{words.tax}: {a}", {"words.tax": "VAT"}, ""),
        ("{words.tax}", {"words.tax": "VAT"}, "VAT"),
    ],
)
def test_fields_are_filled_and_lines_without_any_left_out(
    text: str, values: dict[str, str], expected: str
) -> None:
    assert Phrase.parse(text).fill(lambda name: values.get(name, "")) == expected


def test_a_template_of_ones_own_goes_before_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTOPPROC_HOME", str(tmp_path))
    own = tmp_path / "config" / "templates"
    own.mkdir(parents=True)
    (own / "invoice.toml").write_text('[label]\ntext = "{name}"', encoding="utf-8")

    assert template_files.load(Path("invoice")).is_sheet
    with pytest.raises(UsageError, match="There are: certificate, delivery-note, invoice"):
        template_files.load(Path("nowhere"))


def test_every_label_lies_on_its_sheet_and_beside_the_others() -> None:
    for sheet in SHEETS.values():
        boxes = [sheet.box(at) for at in range(sheet.count)]
        width, height = sheet.page
        assert all(b.left >= -0.1 and b.left + b.width <= width + 0.1 for b in boxes)
        assert all(b.bottom >= -0.1 and b.bottom + b.height <= height + 0.1 for b in boxes)
        rows = boxes[: sheet.columns]
        assert all(a.left + a.width <= b.left + 0.1 for a, b in pairwise(rows))


def _set(text: str, width: float = 400.0) -> tuple[bytes, list[float]]:
    """A PDF with the text in a column of this width, and the widths of its lines."""
    buffer = io.BytesIO()
    with PdfDocument(buffer, Properties()) as document:
        setter, style = Setter(document.writer), Style(size=10)
        page = Page(setter)
        lines = setter.lines(text, width, style)
        page.lines(lines, 50, 800, width, style)
        document.add_page((595, 842), page.drawing, page.resources)
        setter.finish()
        document.finish()
    return buffer.getvalue(), [line.width for line in lines]


_LETTERS = "AaßÄéøŁőşČΩλЖщ€£₹½…„“—\u2212 1234567890.,;:-/()<>&'\""


@given(st.text(_LETTERS, min_size=1, max_size=60).map(str.strip).filter(bool))
def test_text_is_found_again_as_it_was_set(text: str) -> None:
    content, widths = _set(text, 120.0)

    with pymupdf.open("pdf", content) as document:
        found = document[0].get_text()
    assert found.split() != [] or not text.split()
    joined = "".join(found.split())
    assert joined == "".join(text.replace("\u2212", "-").split())
    assert max(widths) <= 120.1


@pytest.mark.parametrize("text", ["東京都千代田区丸の内", "שלום עולם", "한국어 이름", "ქართული"])
def test_scripts_that_our_fonts_lack_are_set_too(text: str) -> None:
    content, _ = _set(text)

    with pymupdf.open("pdf", content) as document:
        assert sorted(document[0].get_text().strip()) == sorted(text)


def test_long_words_are_cut_and_sentences_wrapped() -> None:
    _, widths = _set("x" * 500 + " and some words behind it", 100.0)

    assert len(widths) > 10
    assert max(widths) <= 100.1
