"""The invisible layer: any script comes back out of any reader, in its place, on turned pages."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pypdfium2
import pytest

from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf import Document
from desktopproc.formats.recognition import searchable
from desktopproc.formats.recognition.affine import about
from desktopproc.formats.recognition.page import Outcome, PageRead
from desktopproc.formats.recognition.sheets import Sheet
from desktopproc.formats.recognition.words import Line, Reading, Word

DPI = 144.0
WORK = Work([Source(Path("x.pdf"))], Path("made.pdf"), None)
WORDS = ("Quick", "brown", "fox")


def _blank(rotation: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=400, height=600)
        page.draw_rect(pymupdf.Rect(10, 10, 20, 20), fill=(1, 0, 0))
        if crop:
            page.set_cropbox(pymupdf.Rect(crop))
        page.set_rotation(rotation)
        content: bytes = pdf.tobytes()
        return content


def _line(words: tuple[str, ...], left: float = 100, base: float = 200) -> Line:
    """Words of 80 pixels, 20 apart, on one line of 40 pixels."""
    boxes = [
        Word(text, left + 100 * at, base - 30, left + 100 * at + 80, base + 10)
        for at, text in enumerate(words)
    ]
    return Line(tuple(boxes), base, 40.0)


def _searchable(content: bytes, *lines: Line, turn: int = 0, skew: float = 0.0) -> bytes:
    target = io.BytesIO()
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        sheet = Sheet.of(Document("x.pdf", len(pdf), pdf), 0)
        way = sheet.from_pixels(DPI)
    with searchable.opened(WORK, content, 1) as made:
        read = PageRead(0, Outcome.READ, Reading(lines, way), turn, skew)
        made.add(read, straighten=bool(skew))
        made.save_to(target)
    return target.getvalue()


def _words(content: bytes) -> list[tuple[Any, ...]]:
    """The words as they are shown: left, top, right, bottom in points, then the text."""
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        shown = pdf[0].rotation_matrix
        return [(*(pymupdf.Rect(w[:4]) * shown), w[4]) for w in pdf[0].get_text("words")]


def _spans(content: bytes) -> list[tuple[str, Any, Any]]:
    """Each piece of text with where it starts and which way it goes."""
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        return [
            (span["text"].strip(), span["origin"], line["dir"])
            for block in pdf[0].get_text("dict")["blocks"]
            for line in block["lines"]
            for span in line["spans"]
            if span["text"].strip()
        ]


def _text_by_pdfium(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        text: str = page.get_textpage().get_text_bounded()
        page.close()
        return text


@pytest.mark.parametrize("crop", [None, (50, 80, 390, 590)], ids=["whole", "cropped"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_lie_where_they_were_read(
    rotation: int, crop: tuple[float, float, float, float] | None
) -> None:
    made = _searchable(_blank(rotation, crop), _line(WORDS))

    found = _words(made)

    assert [word[4] for word in found] == list(WORDS)
    for at, (left, top, right, bottom, _) in enumerate(found):
        assert (left, right) == pytest.approx((50 + 50 * at, 90 + 50 * at), abs=0.5)
        assert top == pytest.approx(85, abs=3)
        assert bottom == pytest.approx(105, abs=3)


@pytest.mark.parametrize(
    "words",
    [
        ("naïve", "œuvre", "a"),
        ("Ελληνικά", "и", "русский"),
        ("한국어", "문장"),
        ("\U0001f600\U0001f601", "\U0001f304", "\U00020000"),
        ("a" * 70, "()\\<>[]"),
    ],
    ids=lambda words: words[0][:8],
)
def test_every_script_comes_back(words: tuple[str, ...]) -> None:
    made = _searchable(_blank(), _line(words))

    assert [word[4] for word in _words(made)] == list(words)
    assert _text_by_pdfium(made).split() == list(words)


def test_chinese_signs_are_not_torn_apart() -> None:
    made = _searchable(_blank(), _line(("漢", "字", "仮名", "ok")))

    assert _text_by_pdfium(made).split() == ["漢字仮名", "ok"]
    assert _line(("漢", "字", "ok")).text == "漢字 ok"


def test_nothing_of_the_layer_can_be_seen() -> None:
    before, after = (
        pymupdf.open(stream=content, filetype="pdf")[0].get_pixmap(dpi=72).samples
        for content in (_blank(), _searchable(_blank(), _line(WORDS)))
    )

    assert before == after


def test_a_line_that_runs_down_is_followed_down() -> None:
    word = Word("down", 100, 100, 140, 300)
    made = _searchable(_blank(), Line((word,), 110, 40.0, runs_down=True))

    ((left, top, right, bottom, text),) = _words(made)

    assert text == "down"
    assert (left, top, right, bottom) == pytest.approx((50, 50, 70, 150), abs=3)


def test_words_on_a_slope_follow_it_in_steps_that_poppler_understands() -> None:
    line = Line((Word("up", 100, 0, 180, 0), Word("hill", 600, 0, 680, 0)), 500.0, 40.0, -0.1)
    made = _searchable(_blank(), line)

    spans = _spans(made)

    assert spans[0] == ("up", pytest.approx((50, 248), abs=0.5), pytest.approx((1, 0)))
    assert spans[-1] == ("hill", pytest.approx((300, 223), abs=0.5), pytest.approx((1, 0)))


def test_words_on_a_diagonal_keep_its_direction() -> None:
    made = _searchable(_blank(), Line((Word("aslant", 100, 0, 180, 0),), 500.0, 40.0, 1.0))

    ((text, _, direction),) = _spans(made)

    assert text == "aslant"
    assert direction == pytest.approx((0.707, 0.707), abs=0.01)


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_page_is_turned_on_top_of_how_it_was_turned(rotation: int) -> None:
    made = _searchable(_blank(rotation), _line(WORDS), turn=90)

    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.pages[0].obj.Rotate == (rotation + 90) % 360


def test_straightening_turns_picture_and_words_together() -> None:
    made = _searchable(_blank(), _line(WORDS), skew=2.0)

    with pymupdf.open(stream=made, filetype="pdf") as pdf:
        drawn = pdf[0].get_drawings()[0]["rect"]
    text, origin, direction = _spans(made)[0]

    turned = about(200, 300, 2.0)  # clockwise on a page that counts from its top
    middle = ((drawn.x0 + drawn.x1) / 2, (drawn.y0 + drawn.y1) / 2)
    assert middle == pytest.approx(turned.point(15, 15), abs=0.5)
    assert text == "Quick"
    assert origin == pytest.approx(turned.point(50, 100), abs=1)
    assert direction == pytest.approx((1, 0))


def test_pages_that_share_their_resources_do_not_share_the_font() -> None:
    with pikepdf.new() as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(400, 600))
        shared = pdf.make_indirect(pikepdf.Dictionary(ProcSet=pikepdf.Array([pikepdf.Name.PDF])))
        for page in pdf.pages:
            page.obj.Resources = shared
        buffer = io.BytesIO()
        pdf.save(buffer)
    target = io.BytesIO()
    with searchable.opened(WORK, buffer.getvalue(), 2) as made:
        made.add(PageRead(0, Outcome.READ, Reading((_line(WORDS),))), straighten=False)
        made.save_to(target)

    with pikepdf.open(target) as pdf:
        first, second = (page.obj.Resources for page in pdf.pages)
        assert "/OcrText" in first.Font
        assert "/Font" not in second
        assert first.ProcSet == second.ProcSet
