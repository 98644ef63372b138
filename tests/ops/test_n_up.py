"""Several pages per sheet: where each page stands, booklets that can be folded, links that lead."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _book(path: Path, pages: int, *, turned: int = 0, crop: bool = False) -> Path:
    with pymupdf.open() as book:
        for number in range(1, pages + 1):
            page = book.new_page(width=300, height=400)
            page.insert_text((100, 200), f"P{number}.")
            if crop:
                page.insert_text((5, 20), "hidden")
                page.set_cropbox(pymupdf.Rect(50, 50, 250, 350))
            page.set_rotation(turned)
        book.set_toc([[1, f"Part {number}", number] for number in range(1, pages + 1)])
        book.set_metadata({"title": "The Harbour"})
        book.save(path)
    return path


def _sides(path: Path) -> list[list[str]]:
    """The pages on each side, row by row from the top left."""
    with pymupdf.open(path) as pdf:
        found = []
        for page in pdf:
            words = [(round(word[1] / 20), word[0], word[4]) for word in page.get_text("words")]
            found.append([word for _, _, word in sorted(words)])
        return found


def _pages(*numbers: int) -> list[str]:
    return [f"P{number}." for number in numbers]


@pytest.mark.parametrize(
    ("wish", "sides"),
    [
        ({"per_sheet": "2"}, [_pages(1, 2), _pages(3, 4), _pages(5)]),
        ({"per_sheet": "4"}, [_pages(1, 2, 3, 4), _pages(5)]),
        ({"per_sheet": "4", "order": "columns"}, [_pages(1, 3, 2, 4), _pages(5)]),
        ({"per_sheet": "4", "right_to_left": True}, [_pages(2, 1, 4, 3), _pages(5)]),
        ({"per_sheet": "9"}, [_pages(1, 2, 3, 4, 5)]),
        ({"per_sheet": "2", "pages": "5,1"}, [_pages(5, 1)]),
    ],
)
def test_pages_stand_where_they_are_read(
    run: Run, tmp_path: Path, wish: dict[str, Any], sides: list[list[str]]
) -> None:
    work = run("n-up", _book(tmp_path / "a.pdf", 5), **wish)

    assert _sides(work.target) == sides
    verify(work.target, work.expected)


def test_sheets_are_turned_so_that_pages_come_out_larger(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 4)

    sizes = {}
    for count in ("2", "4"):
        with pymupdf.open(run("n-up", path, per_sheet=count).target) as pdf:
            sizes[count] = (round(pdf[0].rect.width), round(pdf[0].rect.height))

    assert sizes == {"2": (842, 595), "4": (595, 842)}


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_turned_and_cropped_pages_look_as_they_did(run: Run, tmp_path: Path, turned: int) -> None:
    path = _book(tmp_path / "a.pdf", 1, turned=turned, crop=True)

    target = run("n-up", path, per_sheet="2").target

    with pymupdf.open(path) as before, pymupdf.open(target) as pdf:
        page = pdf[0]
        assert "hidden" not in page.get_text(clip=page.rect)
        (quad,) = before[0].search_for("P1.", quads=True)
        seen = quad * before[0].rotation_matrix
        (new,) = page.search_for("P1.", quads=True)
    upward = (seen.ul.x < seen.ur.x, seen.ul.y < seen.ll.y)
    assert (new.ul.x < new.ur.x, new.ul.y < new.ll.y) == upward
    assert abs(new.ul.y - new.ur.y) < 1 or turned % 180


def _folded(sides: list[list[str]], sheets: int) -> list[str]:
    """Fold printed sheets in the middle and read from the front to the back."""
    read: list[str] = []
    per_fold = 2 * sheets if sheets else len(sides)
    for start in range(0, len(sides), per_fold):
        fold = sides[start : start + per_fold]
        leaves = [(front, back) for front, back in zip(fold[::2], fold[1::2], strict=True)]
        read += [page for front, back in leaves for page in (front[1], back[0])]
        read += [page for front, back in leaves[::-1] for page in (back[1], front[0])]
    return read


@pytest.mark.parametrize("fold", [0, 1, 2])
@pytest.mark.parametrize("count", [8, 16])
def test_a_folded_booklet_is_read_from_front_to_back(
    run: Run, tmp_path: Path, count: int, fold: int
) -> None:
    work = run("n-up", _book(tmp_path / "a.pdf", count), booklet=True, fold=fold)

    assert _folded(_sides(work.target), fold) == _pages(*range(1, count + 1))


def test_a_booklet_gets_empty_pages_at_its_end(run: Run, tmp_path: Path) -> None:
    sides = _sides(run("n-up", _book(tmp_path / "a.pdf", 5), booklet=True).target)

    assert sides == [_pages(1), _pages(2), _pages(3), _pages(4, 5)]


def test_links_and_bookmarks_lead_to_the_sheets(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 5)
    with pymupdf.open(path) as book:
        goto = {"kind": pymupdf.LINK_GOTO, "page": 4, "to": pymupdf.Point(0, 0)}
        book[1].insert_link({**goto, "from": pymupdf.Rect(100, 180, 140, 210)})
        uri = {"kind": pymupdf.LINK_URI, "uri": "https://example.org/"}
        book[1].insert_link({**uri, "from": pymupdf.Rect(0, 0, 20, 20)})
        book.saveIncr()

    target = run("n-up", path, per_sheet="2").target

    with pymupdf.open(target) as pdf:
        inner, outer = sorted(pdf[0].get_links(), key=lambda link: link["kind"])
        (place,) = pdf[0].search_for("P2.")
        assert inner["page"] == 2
        assert inner["from"].contains(place.tl + (place.br - place.tl) * 0.5)
        assert outer["uri"] == "https://example.org/"
        assert [page for _, _, page in pdf.get_toc()] == [1, 1, 2, 2, 3]
        assert pdf.metadata["title"] == "The Harbour"


def test_filled_in_fields_can_still_be_seen(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        field = pymupdf.Widget()
        field.field_name, field.field_value = "name", "Ann"
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(20, 20, 200, 50)
        made.new_page(width=300, height=400).add_widget(field)
        made.save(path)

    work = run("n-up", path)

    assert _sides(work.target) == [["Ann"]]
    assert work.notes == ["Form fields became part of the pages and cannot be filled in any more."]


def test_a_page_without_an_area_leaves_its_place_empty(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 3)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 0, 0])
        pdf.save(path)

    work = run("n-up", path)

    assert _sides(work.target) == [_pages(2), _pages(3)]
    assert work.notes == ["Page 1 has no area; its place was left empty."]


def test_frames_are_drawn_around_pages(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 2)

    with pymupdf.open(run("n-up", path, frames=True).target) as pdf:
        framed = len(pdf[0].get_drawings())
    with pymupdf.open(run("n-up", path).target) as pdf:
        assert (framed, len(pdf[0].get_drawings())) == (2, 0)


def test_margins_that_leave_no_room_are_a_wrong_request(run: Run, document: Path) -> None:
    with pytest.raises(UsageError, match="leave no room"):
        run("n-up", document, per_sheet="16", margin=100, gap=100, paper="a5")


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path = _book(tmp_path / "a.pdf", 7, turned=90, crop=True)

    for wish in ({}, {"booklet": True}, {"per_sheet": "16", "frames": True}):
        target = run("n-up", path, **wish).target
        done = subprocess.run(["qpdf", "--check", target], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
