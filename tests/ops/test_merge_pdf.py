"""Merging: every page in order, with links, forms, bookmarks and labels that still work."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import BadInputError, NeedsPasswordError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.samples import make_samples
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


def test_names_order_documents_as_people_do(run: Run, tmp_path: Path) -> None:
    ten, two = _book(tmp_path / "Scan10.pdf", "ten"), _book(tmp_path / "scan2.pdf", "two")
    os.utime(ten, (1, 1))

    assert _texts(run("merge-pdf", ten, two, order="name").target) == ["two", "ten"]
    assert _texts(run("merge-pdf", two, ten, order="date").target) == ["ten", "two"]


def test_fronts_and_backs_become_sheets(run: Run, tmp_path: Path) -> None:
    fronts = _book(tmp_path / "fronts.pdf", "1", "3", "5")
    backs = _book(tmp_path / "backs.pdf", "4", "2")

    work = run("merge-pdf", fronts, backs, join="alternate-backwards")

    assert _texts(work.target) == ["1", "2", "3", "4", "5"]
    assert _toc(work.target) == [(1, text, int(text)) for text in "13542"]
    with pymupdf.open(work.target) as pdf:
        assert [pdf[n].get_links()[0]["page"] for n in (0, 3)] == [4, 1]


def test_each_document_may_give_other_pages(run: Run, tmp_path: Path) -> None:
    one, two = _book(tmp_path / "a.pdf", "a1", "a2", "a3"), _book(tmp_path / "b.pdf", "b1", "b2")

    assert _texts(run("merge-pdf", one, two, pages="last,1").target) == ["a3", "a1", "b2", "b1"]
    target = run("merge-pdf", one, two, pages="2-;1").target
    assert _texts(target) == ["a2", "a3", "b1"]
    assert _toc(target) == [(1, "a", 1), (2, "a2", 1), (2, "a3", 2), (1, "b", 3), (2, "b1", 3)]
    with pytest.raises(UsageError, match="There are 2 documents, and --pages has lists for 3"):
        run("merge-pdf", one, two, pages="1;2;3")


def test_documents_can_start_on_front_sides(run: Run, tmp_path: Path) -> None:
    paths = [_book(tmp_path / f"{n}.pdf", n) for n in "ab"]

    target = run("merge-pdf", *paths, even=True).target

    assert _texts(target) == ["a", "", "b"]
    with pymupdf.open(target) as pdf:
        assert pdf[1].rect == pdf[0].rect


def test_pictures_become_pages_without_loss(
    run: Run, tmp_path: Path, photo: Path, jpeg_bytes: Callable[..., bytes]
) -> None:
    book = _book(tmp_path / "a.pdf", "one")

    target = run("merge-pdf", photo, book).target

    with pymupdf.open(target) as pdf:
        (image,) = pdf[0].get_images()
        assert pdf.extract_image(image[0])["image"] == jpeg_bytes()
        assert pdf[1].get_text().strip() == "one"
    assert _toc(target)[0] == (1, "photo", 1)
    with pymupdf.open(run("merge-pdf", photo, photo_page="a4").target) as pdf:
        assert sorted(round(edge) for edge in pdf[0].rect[2:]) == [595, 842]


def test_a_damaged_document_can_be_left_out_and_is_told(run: Run, tmp_path: Path) -> None:
    good, bad = _book(tmp_path / "good.pdf", "x"), tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4\nnothing")

    work = run("merge-pdf", bad, good, damaged="leave-out")

    assert _texts(work.target) == ["x"]
    (note,) = work.notes
    assert note.startswith("Left out: bad.pdf is damaged")
    with pytest.raises(BadInputError, match=r"bad\.pdf"):
        run("merge-pdf", bad, bad, damaged="leave-out")


def test_names_of_places_and_embedded_files_stay(run: Run, tmp_path: Path) -> None:
    paths = [_book(tmp_path / f"{n}.pdf", f"{n}1", f"{n}2", named=True) for n in "xy"]
    for path in paths:
        with pymupdf.open(path) as pdf:
            pdf.embfile_add("notes.txt", f"of {path.stem}".encode())
            pdf.saveIncr()

    target = run("merge-pdf", *paths, title="Both").target

    with pikepdf.open(target) as pdf:
        assert pikepdf.NameTree(pdf.Root.Names.Dests)["end"][0].objgen == pdf.pages[1].obj.objgen
        files = [spec.get_file().read_bytes() for spec in pdf.attachments.values()]
        assert sorted(files) == [b"of x", b"of y"]
        assert str(pdf.docinfo.Title) == "Both"


def test_hidden_layers_stay_hidden(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "layers.pdf"
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        page.insert_text((50, 50), "secret", oc=pdf.add_ocg("draft", on=False))
        pdf.save(path)

    with pymupdf.open(run("merge-pdf", _book(tmp_path / "a.pdf", "a"), path).target) as pdf:
        (layer,) = pdf.get_ocgs().values()
        assert (layer["name"], layer["on"]) == ("draft", False)


def test_word_documents_become_pages(run: Run, tmp_path: Path) -> None:
    made = list(make_samples(tmp_path / "samples"))
    letter = next(path for path in made if path.name == "letter-2.docx")

    target = run("merge-pdf", _book(tmp_path / "a.pdf", "one"), letter).target

    one, *letters = _texts(target)
    assert one == "one"
    assert "Letter 2" in letters[0]
    assert _toc(target)[-1][:2] == (1, "letter-2")
