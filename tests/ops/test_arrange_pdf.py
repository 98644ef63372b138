"""Arranging: pages stand as asked, what belongs to them goes along, nothing of the others stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _book(path: Path, letter: str, pages: int) -> Path:
    """Pages with bookmarks, each linked to the one before it (the first to the last)."""
    with pymupdf.open() as pdf:
        for number in range(1, pages + 1):
            pdf.new_page(width=300, height=200).insert_text((40, 60), f"{letter}{number}")
        for number in range(pages):
            aim = {"kind": pymupdf.LINK_GOTO, "page": (number - 1) % pages}
            pdf[number].insert_link(
                {**aim, "to": pymupdf.Point(0, 0), "from": pymupdf.Rect(0, 0, 50, 50)}
            )
        pdf.set_toc([[1, f"{letter}{n}", n] for n in range(1, pages + 1)])
        pdf.save(path)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return _book(tmp_path / "book.pdf", "p", 5)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return _book(tmp_path / "other.pdf", "o", 3)


def _texts(path: Path) -> str:
    with pymupdf.open(path) as pdf:
        return " ".join(page.get_text().strip() or "-" for page in pdf)


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ({"pages": "3,1,4-,blank,2"}, "p3 p1 p4 p5 - p2"),
        ({"pages": "blank,last-1"}, "- p5 p4 p3 p2 p1"),
        ({"pages": "Odd, even"}, "p1 p3 p5 p2 p4"),
        ({"pages": "2,2,2"}, "p2 p2 p2"),
        ({"delete": "2-4"}, "p1 p5"),
        ({"reverse": True}, "p5 p4 p3 p2 p1"),
        ({"delete": "1", "reverse": True}, "p5 p4 p3 p2"),
    ],
)
def test_pages_stand_as_asked(run: Run, book: Path, options: dict[str, Any], pages: str) -> None:
    work = run("arrange-pdf", book, **options)

    assert _texts(work.target) == pages
    verify(work.target, work.expected)
    assert work.notes == []


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ({}, "p1 p2 p3 p4 p5 o1 o2 o3"),
        ({"after": 0}, "o1 o2 o3 p1 p2 p3 p4 p5"),
        ({"after": 2}, "p1 p2 o1 o2 o3 p3 p4 p5"),
        ({"pages": "1,other:3,2,other:2-1"}, "p1 o3 p2 o2 o1"),
        ({"pages": "other,1"}, "o1 o2 o3 p1"),
        ({"mix": "alternate"}, "p1 o1 p2 o2 p3 o3 p4 p5"),
        ({"mix": "alternate-backwards", "delete": "4-5"}, "p1 o3 p2 o2 p3 o1"),
    ],
)
def test_pages_of_another_pdf_go_in(
    run: Run, book: Path, other: Path, options: dict[str, Any], pages: str
) -> None:
    work = run("arrange-pdf", book, other=str(other), **options)

    assert _texts(work.target) == pages
    verify(work.target, work.expected)


def test_links_and_bookmarks_stay_with_their_pages(run: Run, book: Path) -> None:
    target = run("arrange-pdf", book, pages="4,3,1").target

    with pymupdf.open(target) as pdf:
        assert [[link["page"] for link in page.get_links()] for page in pdf] == [[1], [], []]
        assert pdf.get_toc() == [[1, "p1", 3], [1, "p3", 2], [1, "p4", 1]]


def test_nothing_of_a_deleted_page_stays_in_the_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        for number in range(2):
            field = pymupdf.Widget()
            field.field_name, field.field_value = f"field{number}", f"SECRET{number}"
            field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
            field.rect = pymupdf.Rect(0, 50, 200, 80)
            page = made.new_page()
            page.add_widget(field)
            page.insert_text((40, 40), f"SECRET{number}")
        made.set_toc([[1, "keep", 1], [1, "SECRET1", 2]])
        made.save(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit])
        tree = pikepdf.NameTree.new(pdf)
        tree["SECRET1"] = pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit])
        pdf.Root.Names = pikepdf.Dictionary(Dests=tree.obj)
        _tag(pdf)
        pdf.save(path)

    target = run("arrange-pdf", path, delete="2").target

    with pikepdf.open(target) as pdf:
        found = b"\n".join(
            one.read_bytes() if isinstance(one, pikepdf.Stream) else one.unparse(resolved=True)
            for one in pdf.objects
        )
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields] == ["field0"]
        assert [str(one.Alt) for one in pdf.Root.StructTreeRoot.K] == ["SECRET0"]
    assert b"SECRET0" in found
    assert b"SECRET1" not in found
    assert _texts(target).startswith("SECRET0")


def _tag(pdf: pikepdf.Pdf) -> None:
    """Give each page a figure that is described to those who cannot see it."""
    root = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    figures, pairs = [], []
    for number, page in enumerate(pdf.pages):
        figure = pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem,
            S=pikepdf.Name.Figure,
            P=root,
            Pg=page.obj,
            K=0,
            Alt=pikepdf.String(f"SECRET{number}"),
        )
        figures.append(pdf.make_indirect(figure))
        page.obj.StructParents = number
        pairs += [number, pikepdf.Array([figures[-1]])]
    root.K = pikepdf.Array(figures)
    root.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array(pairs)))
    pdf.Root.StructTreeRoot = root


def test_a_repeated_page_has_fields_of_its_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        field = pymupdf.Widget()
        field.field_name, field.field_value = "name", "Ann"
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(0, 0, 200, 30)
        made.new_page().add_widget(field)
        made.save(path)

    with pymupdf.open(run("arrange-pdf", path, pages="1,1").target) as pdf:
        fields = [widget for page in pdf for widget in page.widgets()]
        assert [field.field_value for field in fields] == ["Ann", "Ann"]
        assert len({field.field_name for field in fields}) == 2


def test_page_labels_and_blank_pages(run: Run, tmp_path: Path, book: Path) -> None:
    with pikepdf.open(book, allow_overwriting_input=True) as pdf:
        pdf.Root.PageLabels = pikepdf.Dictionary(
            Nums=pikepdf.Array([0, pikepdf.Dictionary(S=pikepdf.Name.r)])
        )
        pdf.pages[4].rotate(90, relative=True)
        pdf.save(book)

    with pikepdf.open(run("arrange-pdf", book, pages="5,blank,2-3").target) as pdf:
        assert [str(page.label) for page in pdf.pages] == ["v", "", "ii", "iii"]
        assert [float(edge) for edge in pdf.pages[1].mediabox] == [0, 0, 200, 300]


def test_what_cannot_be_done_is_said(run: Run, book: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--pages 3,1,2 or --delete 4"):
        run("arrange-pdf", book)
    with pytest.raises(UsageError, match="such as 3,1,5-8,blank,2"):
        run("arrange-pdf", book, pages="3;1")
    with pytest.raises(BadInputError, match="would have no page left"):
        run("arrange-pdf", book, delete="all")
    with pytest.raises(BadInputError, match="none of those asked for"):
        run("arrange-pdf", book, pages="9")
    with pytest.raises(BadInputError, match="Choose that one too"):
        run("arrange-pdf", book, pages="1,other")
    with pytest.raises(BadInputError, match=r"gone\.pdf is not there any more"):
        run("arrange-pdf", book, other=str(tmp_path / "gone.pdf"))
