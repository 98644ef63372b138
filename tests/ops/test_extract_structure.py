"""Markdown and JSON out of PDFs and Word files: what is a heading, a list, a table, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
BODY = "Plain words fill this line of the paragraph so that it is long enough to count as text."


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A page with a title, a heading, two paragraphs, a list and a ruled table."""
    path = tmp_path / "report.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 80), "The whole report", fontsize=24)
        page.insert_text((72, 120), "First things", fontsize=16)
        for line in range(4):
            page.insert_text((72, 150 + 13 * line), BODY, fontsize=10)
        page.insert_text((72, 230), "Some words are bold here", fontname="hebo", fontsize=10)
        for line, text in enumerate(("\u2022 apples", "\u2022 pears")):
            page.insert_text((72, 260 + 13 * line), text, fontname="cour", fontsize=10)
        _draw_table(page, [("Name", "Price"), ("Pen", "1.50"), ("Ink | blue", "3.20")])
        link = {"kind": pymupdf.LINK_URI, "uri": "https://example.org/a"}
        page.insert_text((72, 500), "the site", fontsize=10)
        page.insert_link({**link, "from": pymupdf.Rect(70, 488, 112, 504)})
        document.save(path)
    return path


def _draw_table(page: pymupdf.Page, rows: list[tuple[str, str]]) -> None:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            left, top = 72 + 120 * column, 320 + 20 * row
            page.draw_rect(pymupdf.Rect(left, top, left + 120, top + 20))
            page.insert_text((left + 4, top + 14), cell, fontsize=10)


def _markdown(work: Work[Any]) -> list[str]:
    return str(work.target.read_text(encoding="utf-8")).splitlines()


def _pages(work: Work[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(work.target.read_text(encoding="utf-8"))["pages"]
    return found


def test_markdown_tells_headings_lists_tables_and_links(run: Run, report: Path) -> None:
    lines = _markdown(run("extract-text", report, format="md"))

    assert lines[0] == "# The whole report"
    assert "## First things" in lines
    assert lines.count(f"{BODY} {BODY} {BODY} {BODY}") == 1
    assert "**Some words are bold here**" in lines
    assert {"- apples", "- pears"} <= set(lines)
    assert "| Name | Price |" in lines
    assert r"| Ink \| blue | 3.20 |" in lines
    assert "[the site](https://example.org/a)" in lines


def test_json_tells_where_each_block_stands(run: Run, report: Path) -> None:
    (page,) = _pages(run("extract-text", report, format="json"))

    title, *_ = page["blocks"]
    (table,) = [block for block in page["blocks"] if block["kind"] == "table"]
    assert (page["page"], page["width"], page["height"]) == (1, 595, 842)
    assert (title["kind"], title["level"], title["size"]) == ("heading", 1, 24)
    assert title["box"] == pytest.approx([72, 54, 252, 87], abs=2)
    assert table["rows"] == [["Name", "Price"], ["Pen", "1.50"], ["Ink | blue", "3.20"]]
    assert table["box"] == pytest.approx([72, 320, 312, 380], abs=2)


def test_tables_may_be_left_alone(run: Run, report: Path) -> None:
    (page,) = _pages(run("extract-text", report, format="json", tables=False))

    assert {block["kind"] for block in page["blocks"]} == {"heading", "paragraph", "list"}


def test_bookmarks_make_headings_of_any_size(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 80), "1.1 Of small headings", fontsize=10)
        page.insert_text((72, 140), BODY, fontsize=10)
        document.set_toc([[1, "One", 1], [2, "1.1 Of small headings", 1]])
        document.save(path)

    assert _markdown(run("extract-text", path, format="md"))[0] == "## 1.1 Of small headings"


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    """Two columns of prose that are stored line by line across the page, below a title."""
    path = tmp_path / "columns.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text(
            (72, 50), "A title that stands above both columns of this page", fontsize=16
        )
        for row in range(12):
            for column, name in enumerate(("left", "right")):
                text = f"words of the {name} column in line {row:02}"
                page.insert_text((72 + 250 * column, 80 + 14 * row), text, fontsize=10)
        document.save(path)
    return path


@pytest.mark.parametrize("how", ["txt", "md"])
def test_columns_are_read_one_after_the_other(run: Run, columns: Path, how: str) -> None:
    text = run("extract-text", columns, format=how).target.read_text(encoding="utf-8")

    places = [
        text.index(f"{name} column in line {row:02}")
        for name in ("left", "right")
        for row in range(12)
    ]
    assert places == sorted(places)
    assert text.index("A title") < places[0]


def test_the_order_of_the_file_may_be_kept(run: Run, columns: Path) -> None:
    text = run("extract-text", columns, order="stored").target.read_text(encoding="utf-8")

    assert text.index("right column in line 00") < text.index("left column in line 01")


def test_rows_of_a_table_without_rules_stay_together(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prices.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        for row in range(12):
            page.insert_text(
                (72, 80 + 14 * row), f"Article number {row:02} of the list", fontsize=10
            )
            page.insert_text((400, 80 + 14 * row), f"{row}.50 EUR", fontsize=10)
        document.save(path)

    text = run("extract-text", path).target.read_text(encoding="utf-8")

    assert text.index("number 03") < text.index("3.50 EUR") < text.index("number 04")


def test_running_heads_and_feet_are_told_apart_and_may_be_left_out(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "book.pdf"
    with pymupdf.open() as document:
        for number in range(1, 7):
            page = document.new_page()
            page.insert_text((72, 40), "The Annals", fontsize=10)
            for line in range(5):
                page.insert_text((72, 100 + 14 * line), f"Chapter {number}, line {line}. {BODY}")
            page.insert_text((280, 800), f"- {number} -", fontsize=10)
        document.save(path)

    places = [
        block.get("place")
        for block in _pages(run("extract-text", path, format="json"))[2]["blocks"]
    ]
    without = run("extract-text", path, headers=False).target.read_text(encoding="utf-8")

    assert (places[0], places[-1]) == ("header", "footer")
    assert "Annals" not in without
    assert "- 3 -" not in without
    assert without.count("line 4.") == 6
