"""Turning pages: those asked for, by their number or by how they are shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """An upright page, a lying one, and one that lies because it is turned."""
    path = tmp_path / "mixed.pdf"
    with pikepdf.new() as pdf:
        for size, turned in (((100, 200), 0), ((200, 100), 0), ((100, 200), 90)):
            page = pdf.add_blank_page(page_size=size)
            if turned:
                page.obj.Rotate = turned
        pdf.save(path)
    return path


@pytest.mark.parametrize(
    ("options", "angles"),
    [
        ({}, [90, 90, 180]),
        ({"angle": "left"}, [270, 270, 0]),
        ({"angle": "-90", "pages": "1,3"}, [270, 0, 0]),
        ({"angle": "180", "only": "portrait"}, [180, 0, 90]),
        ({"only": "landscape"}, [0, 90, 180]),
        ({"only": "landscape", "pages": "1-2"}, [0, 90, 90]),
    ],
)
def test_the_pages_asked_for_are_turned(
    run: Run, mixed: Path, options: dict[str, Any], angles: list[int]
) -> None:
    work = run("rotate-pdf", mixed, **options)

    with pikepdf.open(work.target) as pdf:
        assert [page.rotation for page in pdf.pages] == angles
    verify(work.target, work.expected)


def test_where_nothing_is_to_be_turned_nothing_is_made(run: Run, mixed: Path) -> None:
    work = run("rotate-pdf", mixed, pages="1", only="landscape")

    assert work.reason == "mixed.pdf has no landscape pages to turn."
    assert not work.target.exists()


def test_what_the_document_holds_stays(run: Run, mixed: Path) -> None:
    with pikepdf.open(mixed, allow_overwriting_input=True) as pdf:
        pdf.attachments["a.txt"] = b"hello"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("two", 1))
        pdf.save(mixed)

    with pikepdf.open(run("rotate-pdf", mixed).target) as pdf:
        assert pdf.attachments["a.txt"].get_file().read_bytes() == b"hello"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["two"]


def test_a_signature_that_breaks_is_told(run: Run, mixed: Path) -> None:
    with pikepdf.open(mixed, allow_overwriting_input=True) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(
            SigFlags=3,
            Fields=[pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=pikepdf.Dictionary(), T="s")],
        )
        pdf.save(mixed)

    work = run("rotate-pdf", mixed)

    assert work.notes == ["mixed.pdf was signed; the signature does not hold for the result."]


def test_a_damaged_document_becomes_a_whole_one(run: Run, tmp_path: Path) -> None:
    """Where the end is missing qpdf finds the pages, but writes nothing that leads to them."""
    path = tmp_path / "cut.pdf"
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page()
        pdf.save(path)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"trailer")])

    work = run("rotate-pdf", path)

    verify(work.target, work.expected)
    assert work.notes == ["cut.pdf is damaged and was repaired while reading; check the result."]
