"""Merging: every page in order, with links, forms, bookmarks and labels that still work."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import BadInputError, NeedsPasswordError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _book(path: Path, *pages: str, named: bool = False) -> Path:
    """A document with a bookmark per page and a link from its first page to its last."""
    with pymupdf.open() as book:
        for text in pages:
            book.new_page(width=300, height=200).insert_text((40, 60), text)
        book.set_toc([[1, text, number] for number, text in enumerate(pages, 1)])
        link = {"kind": pymupdf.LINK_GOTO, "page": len(pages) - 1, "to": pymupdf.Point(0, 0)}
        book[0].insert_link({**link, "from": pymupdf.Rect(0, 0, 50, 50)})
        book.save(path)
    if named:
        _name_destinations(path)
    return path


def _name_destinations(path: Path) -> None:
    """Let link and bookmark point to a name, as LaTeX does."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        tree = pikepdf.NameTree.new(pdf)
        tree["end"] = pikepdf.Array([pdf.pages[-1].obj, pikepdf.Name.Fit])
        pdf.Root.Names = pikepdf.Dictionary(Dests=tree.obj)
        link = pdf.pages[0].Annots[0]
        for key in ("/A", "/Dest"):
            if key in link:
                del link[key]
        link.Dest = pikepdf.String("end")
        with pdf.open_outline() as outline:
            outline.root[-1].destination = None
            outline.root[-1].action = pikepdf.Dictionary(
                S=pikepdf.Name.GoTo, D=pikepdf.String("end")
            )
        pdf.save(path)


def _texts(path: Path) -> list[str]:
    with pymupdf.open(path) as pdf:
        return [page.get_text().strip() for page in pdf]


def _toc(path: Path) -> list[tuple[int, str, int]]:
    with pymupdf.open(path) as pdf:
        return [(level, title, page) for level, title, page in pdf.get_toc()]


def test_pages_come_in_the_order_of_the_documents(run: Run, tmp_path: Path) -> None:
    one, two = _book(tmp_path / "b.pdf", "b1", "b2"), _book(tmp_path / "a.pdf", "a1")

    work = run("merge-pdf", one, two, one)

    assert _texts(work.target) == ["b1", "b2", "a1", "b1", "b2"]
    assert work.expected.pages == 5
    verify(work.target, work.expected)


@pytest.mark.parametrize("named", [False, True])
def test_links_lead_to_their_own_document(run: Run, tmp_path: Path, named: bool) -> None:
    paths = [_book(tmp_path / f"{n}.pdf", f"{n}a", f"{n}b", named=named) for n in "xyz"]

    target = run("merge-pdf", *paths).target

    with pymupdf.open(target) as pdf:
        found = [pdf[number].get_links()[0]["page"] for number in (0, 2, 4)]
    assert found == [1, 3, 5]


@pytest.mark.parametrize("named", [False, True])
def test_bookmarks_stand_below_their_documents_name(run: Run, tmp_path: Path, named: bool) -> None:
    paths = [_book(tmp_path / f"{n}.pdf", f"{n}a", f"{n}b", named=named) for n in "xy"]

    assert _toc(run("merge-pdf", *paths).target) == [
        (1, "x", 1),
        (2, "xa", 1),
        (2, "xb", 2),
        (1, "y", 3),
        (2, "ya", 3),
        (2, "yb", 4),
    ]
    assert _toc(run("merge-pdf", *paths, bookmarks=False).target) == []


def test_forms_can_still_be_filled_in(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        field = pymupdf.Widget()
        field.field_name, field.field_value = "name", "Ann"
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(0, 0, 200, 30)
        made.new_page().add_widget(field)
        made.save(path)

    target = run("merge-pdf", path, path).target

    with pymupdf.open(target) as pdf:
        fields = [widget for page in pdf for widget in page.widgets()]
        assert [field.field_value for field in fields] == ["Ann", "Ann"]
        assert len({field.field_name for field in fields}) == 2


def test_page_labels_go_along(run: Run, tmp_path: Path) -> None:
    plain, roman = _book(tmp_path / "plain.pdf", "1", "2"), _book(tmp_path / "roman.pdf", "i", "ii")
    with pikepdf.open(roman, allow_overwriting_input=True) as pdf:
        pdf.Root.PageLabels = pikepdf.Dictionary(
            Nums=pikepdf.Array([0, pikepdf.Dictionary(S=pikepdf.Name.r)])
        )
        pdf.save(roman)

    with pikepdf.open(run("merge-pdf", roman, plain, roman).target) as pdf:
        assert [str(page.label) for page in pdf.pages] == ["i", "ii", "1", "2", "i", "ii"]
    with pikepdf.open(run("merge-pdf", plain).target) as pdf:
        assert "/PageLabels" not in pdf.Root


def test_a_protected_document_is_named(run: Run, tmp_path: Path) -> None:
    free, secret = _book(tmp_path / "free.pdf", "x"), tmp_path / "secret.pdf"
    with pikepdf.open(free) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))

    with pytest.raises(NeedsPasswordError, match=r"secret\.pdf is password-protected"):
        run("merge-pdf", free, secret)


def test_a_damaged_document_is_named(run: Run, tmp_path: Path) -> None:
    good, bad = _book(tmp_path / "good.pdf", "x"), tmp_path / "bad.pdf"
    bad.write_bytes(good.read_bytes()[:200])

    with pytest.raises(BadInputError, match=r"bad\.pdf"):
        run("merge-pdf", good, bad)


def test_a_document_without_its_table_is_mended_and_told(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", "one", "two")
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"xref")])

    work = run("merge-pdf", path, path)

    assert _texts(work.target) == ["one", "two"] * 2
    assert work.notes == ["a.pdf is damaged and was repaired while reading; check the result."]


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    paths = [_book(tmp_path / f"{n}.pdf", f"{n}a", f"{n}b", named=n == "y") for n in "xyz"]

    target = run("merge-pdf", *paths).target
    done = subprocess.run(["qpdf", "--check", target], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
