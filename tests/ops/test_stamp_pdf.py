"""Stamps and page numbers: where they stand on pages of every kind, and what stays below them."""

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
_PLAIN = {"angle": "0", "size": "10", "opacity": "100"}


def _book(path: Path, pages: int = 3, *, turned: int = 0, crop: bool = False) -> Path:
    with pymupdf.open() as book:
        for number in range(1, pages + 1):
            page = book.new_page(width=400, height=300)
            page.insert_text((150, 150), f"Body {number}")
            if crop:
                page.set_cropbox(pymupdf.Rect(50, 60, 350, 260))
            page.set_rotation(turned)
        book.set_toc([[1, f"Part {number}", number] for number in range(1, pages + 1)])
        link = {"kind": pymupdf.LINK_GOTO, "page": pages - 1, "to": pymupdf.Point(0, 0)}
        book[0].insert_link({**link, "from": pymupdf.Rect(0, 0, 50, 50)})
        book.set_metadata({"title": "The Harbour"})
        book.save(path)
    return path


def _seen(path: Path, index: int, words: str) -> pymupdf.Rect:
    """Where words are on a page as it is seen; upright, else they are not found."""
    with pymupdf.open(path) as pdf:
        page = pdf[index]
        (quad, *_) = page.search_for(words, quads=True) or [None]
        if quad is None:
            raise AssertionError(page.get_text())
        turned = (quad * page.rotation_matrix).rect
        assert turned.width > turned.height, "it is not upright"
        return turned


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [False, True])
def test_a_stamp_stands_where_it_is_seen(run: Run, tmp_path: Path, turned: int, crop: bool) -> None:
    path = _book(tmp_path / "a.pdf", turned=turned, crop=crop)

    target = run("stamp-pdf", path, text="Draft", position="top-right", **_PLAIN).target

    with pymupdf.open(target) as pdf:
        width = pdf[0].rect.width
    place = _seen(target, 0, "Draft")
    assert place.x1 == pytest.approx(width - 28.3, abs=2)  # 10 mm
    assert place.y0 == pytest.approx(28.3, abs=4)


def test_pages_of_another_unit_get_a_stamp_of_the_same_size(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.UserUnit = 2
        pdf.save(path)

    with pikepdf.open(run("stamp-pdf", path, text="Draft", **_PLAIN).target) as pdf:
        drawn = b"".join(one.read_bytes() for one in pdf.pages[0].Contents)
    assert b"gs 0.5 0 0 0.5" in drawn


def test_what_is_there_stays(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf")

    work = run("stamp-pdf", path, text="DRAFT {page}/{pages} {file} {title} {date}", **_PLAIN)

    with pymupdf.open(work.target) as pdf, pymupdf.open(path) as before:
        assert pdf.get_toc() == before.get_toc()
        assert pdf[0].get_links()[0]["page"] == 2
        for number, page in enumerate(pdf, 1):
            told = f"DRAFT {number}/3 a The Harbour {date.today().isoformat()}"
            assert told in page.get_text()
            assert f"Body {number}" in page.get_text()
    verify(work.target, work.expected)


def test_only_the_chosen_pages_are_stamped(run: Run, tmp_path: Path) -> None:
    target = run("stamp-pdf", _book(tmp_path / "a.pdf"), text="X9X", pages="2-", **_PLAIN).target

    with pymupdf.open(target) as pdf:
        assert ["X9X" in page.get_text() for page in pdf] == [False, True, True]


@pytest.mark.parametrize("layer", ["above", "behind"])
def test_a_stamp_hides_the_page_or_the_page_hides_it(run: Run, tmp_path: Path, layer: str) -> None:
    path, logo = tmp_path / "a.pdf", tmp_path / "red.png"
    with pymupdf.open() as book:
        book.new_page(width=200, height=200).draw_rect(
            (80, 80, 120, 120), fill=(0, 0, 1), color=(0, 0, 1)
        )
        book.save(path)
    Image.new("RGB", (50, 50), (255, 0, 0)).save(logo)

    target = run(
        "stamp-pdf", path, picture=str(logo), layer=layer, angle="0", opacity="100", width="50"
    ).target

    with pymupdf.open(target) as pdf:
        shown = pdf[0].get_pixmap()
    assert shown.pixel(100, 100) == ((255, 0, 0) if layer == "above" else (0, 0, 255))
    assert shown.pixel(60, 100) == (255, 0, 0)
    assert shown.pixel(30, 100) == (255, 255, 255)


def test_a_stamp_can_be_seen_through(run: Run, tmp_path: Path) -> None:
    path, logo = _book(tmp_path / "a.pdf", 1), tmp_path / "black.png"
    Image.new("RGB", (50, 50)).save(logo)

    target = run("stamp-pdf", path, picture=str(logo), opacity="40", angle="0").target

    with pymupdf.open(target) as pdf:
        assert pdf[0].get_pixmap().pixel(200, 100)[0] == pytest.approx(153, abs=2)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_logos_come_from_pictures_drawings_and_pdfs(run: Run, tmp_path: Path, kind: str) -> None:
    logo = tmp_path / f"logo.{kind}"
    if kind == "png":
        Image.new("RGBA", (80, 40), (0, 128, 0, 255)).save(logo)
    elif kind == "svg":
        logo.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">'
            '<rect width="80" height="40" fill="#008000"/></svg>'
        )
    else:
        with pymupdf.open() as made:
            made.new_page(width=80, height=40).draw_rect(
                (0, 0, 80, 40), fill=(0, 128 / 255, 0), color=None
            )
            made.save(logo)

    target = run(
        "stamp-pdf", _book(tmp_path / "a.pdf", 1), picture=str(logo), angle="0", opacity="100"
    ).target

    with pymupdf.open(target) as pdf:
        assert pdf[0].get_pixmap().pixel(200, 100) == (0, 128, 0)


def test_a_logo_that_cannot_be_opened_is_named(run: Run, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"no picture")

    with pytest.raises(BadInputError, match=r"logo\.png cannot be opened"):
        run("stamp-pdf", _book(tmp_path / "a.pdf"), picture=str(logo))


def test_a_large_watermark_stays_on_the_page(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 1)

    target = run("stamp-pdf", path, text="CONFIDENTIAL", color="#ff0000", opacity="100").target

    with pymupdf.open(target) as pdf:
        shown = pdf[0].get_pixmap()
        image = Image.frombytes("RGB", (shown.width, shown.height), shown.samples)
    red = image.split()[2].point(lambda level: 255 if level < 128 else 0).getbbox()
    assert red is not None
    assert red[0] > 5
    assert red[3] < 295
    assert red[2] - red[0] > 150


def test_tiles_cover_the_page(run: Run, tmp_path: Path) -> None:
    words = {"text": "copy", "tile": True, "size": "20", "angle": "30"}

    target = run("stamp-pdf", _book(tmp_path / "a.pdf", 1), **words).target

    with pymupdf.open(target) as pdf:
        found = pdf[0].search_for("copy")
        assert len(found) > 8
        for corner in (pymupdf.Rect(0, 0, 130, 100), pymupdf.Rect(270, 200, 400, 300)):
            assert any(corner.intersects(one) for one in found)


@pytest.mark.parametrize("text", ["Größe", "Ελληνικά", "Черновик", "機密文書", "ไทย"])
def test_any_script_can_be_stamped_and_found(run: Run, tmp_path: Path, text: str) -> None:
    target = run("stamp-pdf", _book(tmp_path / "a.pdf", 1), text=text, **_PLAIN).target

    with pymupdf.open(target) as pdf:
        assert text in pdf[0].get_text()
    assert target.stat().st_size < 60_000  # the font is not embedded as a whole


def test_drawing_that_is_left_unfinished_does_not_move_the_stamp(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf", 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b" q q 5 0 0 5 99 99 cm")
        pdf.save(path)

    target = run("stamp-pdf", path, text="Draft", position="bottom-left", **_PLAIN).target

    assert _seen(target, 0, "Draft").x0 == pytest.approx(28.3, abs=2)


@pytest.mark.parametrize("wish", [{}, {"text": "x", "picture": "logo.png"}])
def test_a_stamp_is_one_thing(run: Run, document: Path, wish: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="A stamp is a text or a picture"):
        run("stamp-pdf", document, **wish)


@pytest.mark.parametrize(
    "text", ["{pgae}", "{page", "{page.real}", "{page:0999999999}", "{file!r}"]
)
def test_a_wrong_field_is_named(run: Run, document: Path, text: str) -> None:
    with pytest.raises(UsageError, match="The text"):
        run("stamp-pdf", document, text=text)


def _footers(path: Path) -> list[str]:
    with pymupdf.open(path) as pdf:
        return [page.get_text(clip=pymupdf.Rect(0, 250, 400, 300)).strip() for page in pdf]


def test_pages_are_numbered_at_the_bottom(run: Run, tmp_path: Path) -> None:
    work = run("number-pages", _book(tmp_path / "a.pdf"), footer="Page {page} of {pages}")

    assert _footers(work.target) == [f"Page {number} of 3" for number in (1, 2, 3)]
    place = _seen(work.target, 0, "Page 1 of 3")
    assert (place.x0 + place.x1) / 2 == pytest.approx(200, abs=2)
    verify(work.target, work.expected)


@pytest.mark.parametrize(
    ("wish", "footers"),
    [
        ({"pages": "2-"}, ["", "1", "2"]),
        ({"start": "8"}, ["8", "9", "10"]),
        ({"numerals": "roman", "start": "3"}, ["iii", "iv", "v"]),
        ({"numerals": "capital-roman", "footer": "{page}/{pages}"}, ["I/III", "II/III", "III/III"]),
        ({"numerals": "letters", "start": "26"}, ["z", "aa", "bb"]),
        ({"footer": "ABC{page:06}", "start": "99"}, ["ABC000099", "ABC000100", "ABC000101"]),
    ],
)
def test_pages_are_counted_as_wished(
    run: Run, tmp_path: Path, wish: dict[str, str], footers: list[str]
) -> None:
    assert _footers(run("number-pages", _book(tmp_path / "a.pdf"), **wish).target) == footers


def test_even_pages_are_mirrored_in_books(run: Run, tmp_path: Path) -> None:
    wish = {"footer": "", "header_right": "{title}", "mirrored": True}

    target = run("number-pages", _book(tmp_path / "a.pdf"), **wish).target

    assert _seen(target, 0, "The Harbour").x0 > 250
    assert _seen(target, 1, "The Harbour").x1 < 150


def test_numbering_nothing_is_a_wrong_request(run: Run, document: Path) -> None:
    with pytest.raises(UsageError, match="Nothing to write"):
        run("number-pages", document, footer="")


def test_pages_that_share_their_resources_stay_apart(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pikepdf.new() as pdf:
        shared = pdf.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary()))
        for _ in range(40):
            pdf.add_blank_page(page_size=(400, 300)).obj.Resources = shared
        pdf.save(path)

    with pikepdf.open(run("number-pages", path).target) as pdf:
        assert {len(page.resources.XObject) for page in pdf.pages} == {1}


def test_an_archival_document_is_said_to_need_a_look(run: Run, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
            packet["pdfaid:part"], packet["pdfaid:conformance"] = "2", "B"
        pdf.save(path)

    work = run("number-pages", path)

    assert work.notes == ["It claims to follow PDF/A-2b, which may no longer be so. Check it."]


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path, logo = _book(tmp_path / "a.pdf", turned=90), tmp_path / "logo.png"
    buffer = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 90)).save(buffer, "PNG")
    logo.write_bytes(buffer.getvalue())

    for name, wish in (
        ("stamp-pdf", {"text": "DRAFT"}),
        ("stamp-pdf", {"picture": str(logo), "tile": True, "layer": "behind"}),
        ("number-pages", {}),
    ):
        target = run(name, path, **wish).target
        done = subprocess.run(["qpdf", "--check", target], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
