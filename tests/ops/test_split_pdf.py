"""Splitting: every page is in one file, and what leads to a page of the file still does."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError, NeedsPasswordError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Six pages: two chapters after a title page, links from each page to the next."""
    path = tmp_path / "book.pdf"
    with pymupdf.open() as pdf:
        for number in range(6):
            pdf.new_page(width=300, height=200).insert_text((40, 60), f"p{number + 1}")
        for number in range(5):
            aim = {"kind": pymupdf.LINK_GOTO, "page": number + 1, "to": pymupdf.Point(0, 0)}
            pdf[number].insert_link({**aim, "from": pymupdf.Rect(0, 0, 50, 50)})
        web = {"kind": pymupdf.LINK_URI, "uri": "https://example.org/"}
        pdf[0].insert_link({**web, "from": pymupdf.Rect(60, 0, 90, 50)})
        pdf.set_toc([[1, "One: a/b?", 2], [2, "Deep", 3], [1, "Two", 4], [1, "Also two", 4]])
        pdf.set_page_labels([{"startpage": 0, "style": "r"}, {"startpage": 1, "style": "D"}])
        pdf.set_metadata({"title": "The book"})
        pdf.save(path)
    return path


def _texts(folder: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted(folder.iterdir()):
        with pymupdf.open(path) as pdf:
            found[path.name] = [page.get_text().strip() for page in pdf]
    return found


def test_by_itself_each_page_is_a_file(run: Run, book: Path) -> None:
    work = run("split-pdf", book)

    assert _texts(work.target) == {f"book-{n:03}.pdf": [f"p{n}"] for n in range(1, 7)}
    verify(work.target, work.expected)


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ({"every": 4}, {"001-004": "1234", "005-006": "56"}),
        ({"by": "ranges", "ranges": "1-2,6,5-4,9,last"}, None),
        ({"by": "odd-even"}, {"odd": "135", "even": "246"}),
        ({"by": "bookmarks"}, {"00": "1", "01 One a b": "23", "02 Two": "456"}),
        (
            {"by": "bookmarks", "level": 2},
            {"00": "1", "01 One a b": "2", "02 Deep": "3", "03 Two": "456"},
        ),
    ],
)
def test_files_begin_where_they_were_asked_to(
    run: Run, book: Path, options: dict[str, Any], files: dict[str, str] | None
) -> None:
    files = files or {"001-002": "12", "006": "6", "005-004": "54", "006 (2)": "6"}

    found = _texts(run("split-pdf", book, **options).target)

    assert found == {f"book-{n}.pdf": [f"p{d}" for d in pages] for n, pages in files.items()}


def test_links_bookmarks_labels_and_properties_go_along(run: Run, book: Path) -> None:
    work = run("split-pdf", book, every=3)

    with pymupdf.open(work.target / "book-001-003.pdf") as pdf:
        assert [link["page"] for page in pdf for link in page.get_links() if "page" in link] == [
            1,
            2,
        ]
        assert [link["uri"] for link in pdf[0].get_links() if "uri" in link] == [
            "https://example.org/"
        ]
        assert pdf.get_toc() == [[1, "One: a/b?", 2], [2, "Deep", 3]]
        assert pdf.metadata["title"] == "The book"
    with pymupdf.open(work.target / "book-004-006.pdf") as pdf:
        assert pdf.get_toc() == [[1, "Two", 1], [1, "Also two", 1]]
    with pikepdf.open(work.target / "book-004-006.pdf") as pdf:
        assert [str(page.label) for page in pdf.pages] == ["3", "4", "5"]
    assert work.notes == ["Links to pages that went into another file were taken out."]


def test_a_part_holds_nothing_of_the_pages_that_are_not_in_it(run: Run, book: Path) -> None:
    work = run("split-pdf", book)

    content = pikepdf.open(work.target / "book-002.pdf")
    streams = [bytes(o.read_bytes()) for o in content.objects if isinstance(o, pikepdf.Stream)]

    assert not any(b"p3" in stream or b"p1" in stream for stream in streams)


def test_pictures_in_a_list_of_all_pages_go_only_where_they_are_shown(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "shared.pdf"
    with pikepdf.new() as pdf:
        pictures = pikepdf.Dictionary()
        for number in range(4):
            stream = pdf.make_stream(bytes([number]) * 30_000 + bytes(range(256)) * 40)
            for key, value in {
                "/Type": pikepdf.Name.XObject,
                "/Subtype": pikepdf.Name.Image,
                "/Width": 100,
                "/Height": 100,
                "/ColorSpace": pikepdf.Name.DeviceGray,
                "/BitsPerComponent": 8,
            }.items():
                stream[key] = value
            pictures[f"/P{number}"] = stream
        shared = pdf.make_indirect(pikepdf.Dictionary(XObject=pictures))
        for number in range(4):
            page = pdf.add_blank_page()
            page.obj.Resources = shared
            page.obj.Contents = pdf.make_stream(f"q 9 0 0 9 0 0 cm /P{number} Do Q".encode())
        pdf.save(path)

    work = run("split-pdf", path)

    for file in work.target.iterdir():
        with pikepdf.open(file) as pdf:
            assert len(pdf.pages[0].Resources.XObject.keys()) == 1


def test_files_are_no_larger_than_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "scans.pdf"
    with pymupdf.open() as pdf:
        for number in range(9):
            edge = 40 + 30 * number
            noise = Image.effect_noise((edge, edge), 90).convert("RGB")
            pixmap = pymupdf.Pixmap(pymupdf.csRGB, edge, edge, noise.tobytes(), False)
            page = pdf.new_page(width=300, height=300)
            page.insert_image(page.rect, pixmap=pixmap)
        pdf.save(path, deflate=True)

    work = run("split-pdf", path, by="size", size=0.05)

    pages = 0
    for file in sorted(work.target.iterdir()):
        with pymupdf.open(file) as pdf:
            assert file.stat().st_size <= 50_000 or len(pdf) == 1
            pages += len(pdf)
    assert pages == 9
    large = [file for file in work.target.iterdir() if file.stat().st_size > 50_000]
    assert len(large) == len(work.notes) > 0
    assert all(" alone has 0." in note for note in work.notes)
    with pymupdf.open(min(work.target.iterdir())) as first:
        assert len(first) > 1


def _sheets(path: Path, *darks: float) -> Path:
    """Scans of sheets: dark dust on paper that is not quite white, with a black rim."""
    with pymupdf.open() as pdf:
        for dark in darks:
            image = Image.new("L", (400, 500), 236)
            image.paste(0, (0, 0, 400, 8))
            rows = int(500 * dark)
            image.paste(30, (60, 60, 340, 60 + rows))
            pixmap = pymupdf.Pixmap(pymupdf.csGRAY, 400, 500, image.tobytes(), False)
            page = pdf.new_page(width=400, height=500)
            page.insert_image(page.rect, pixmap=pixmap)
        pdf.save(path)
    return path


def test_blank_sheets_part_documents_and_are_left_out(run: Run, tmp_path: Path) -> None:
    path = _sheets(tmp_path / "pile.pdf", 0, 0.2, 0.3, 0, 0, 0.1, 0)

    work = run("split-pdf", path, by="blank")

    names = sorted(file.name for file in work.target.iterdir())
    assert names == ["pile-002-003.pdf", "pile-006.pdf"]


def test_where_nothing_is_blank_the_row_says_so(run: Run, tmp_path: Path) -> None:
    work = run("split-pdf", _sheets(tmp_path / "pile.pdf", 0.2, 0.3), by="blank")

    assert work.notes == ["No blank page was found; everything is in one file."]
    with pytest.raises(BadInputError, match="nothing but blank pages"):
        run("split-pdf", _sheets(tmp_path / "none.pdf", 0, 0), by="blank")


def test_fields_of_forms_go_with_their_pages(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        for number in range(2):
            field = pymupdf.Widget()
            field.field_name, field.field_value = f"name{number}", f"Ann{number}"
            field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
            field.rect = pymupdf.Rect(0, 0, 200, 30)
            made.new_page().add_widget(field)
        made.save(path)

    target = run("split-pdf", path).target

    for number in range(2):
        with pymupdf.open(target / f"form-00{number + 1}.pdf") as pdf:
            assert [w.field_value for w in pdf[0].widgets()] == [f"Ann{number}"]
            assert pdf.is_form_pdf


def test_what_cannot_be_done_is_said(run: Run, document: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    with pikepdf.open(document) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))

    with pytest.raises(UsageError, match="--ranges 1-3,4-"):
        run("split-pdf", document, by="ranges")
    with pytest.raises(BadInputError, match="has no bookmarks"):
        run("split-pdf", document, by="bookmarks")
    with pytest.raises(BadInputError, match="none of those asked for"):
        run("split-pdf", document, by="ranges", ranges="7-9")
    with pytest.raises(NeedsPasswordError):
        run("split-pdf", secret)


def test_a_pdf_without_its_table_is_mended_and_told(run: Run, document: Path) -> None:
    content = document.read_bytes()
    document.write_bytes(content[: content.rindex(b"xref")])

    work = run("split-pdf", document)

    assert len(list(work.target.iterdir())) == 3
    assert work.notes == ["paper.pdf is damaged and was repaired while reading; check the result."]


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong_with_any_part(run: Run, book: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")

    target = run("split-pdf", book, every=2).target

    for file in target.iterdir():
        done = subprocess.run(
            ["qpdf", "--check", file], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
