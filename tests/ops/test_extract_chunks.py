"""Chunks for language models: bounded, overlapping, never inside a word, with their origin."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc.core.operation import Work
from desktopproc.formats.texts.tokens import estimate

Run = Callable[..., Work[Any]]


def _sentence(page: int, number: int) -> str:
    return f"Sentence {number} of page {page} says something that is worth to be remembered."


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.pdf"
    with pymupdf.open() as document:
        for page in range(1, 5):
            sheet = document.new_page()
            sheet.insert_text((60, 60), f"Chapter number {page}", fontsize=18)
            for number in range(1, 13):
                sheet.insert_text((60, 100 + 26 * number), _sentence(page, number), fontsize=9)
        document.save(path)
    return path


def _chunks(work: Work[Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in work.target.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("unit", ["characters", "tokens"])
@pytest.mark.parametrize("overlap", [0, 30])
def test_chunks_hold_everything_in_bounded_pieces(
    run: Run, book: Path, unit: str, overlap: int
) -> None:
    size = 400 if unit == "characters" else 90
    measure = len if unit == "characters" else estimate

    chunks = _chunks(run("extract-text", book, chunk=unit, chunk_size=size, overlap=overlap))

    assert all(measure(chunk["text"]) <= size for chunk in chunks)
    words = {word for chunk in chunks for word in re.findall(r"\w+", chunk["text"])}
    whole = "\n".join(chunk["text"] for chunk in chunks)
    assert words <= set(re.findall(r"\w+", " ".join(_all()))), "no word is cut"
    for sentence in _all():
        assert sentence in whole
    assert [chunk["chunk"] for chunk in chunks] == list(range(1, len(chunks) + 1))


def _all() -> list[str]:
    headings = [f"Chapter number {page}" for page in range(1, 5)]
    return headings + [_sentence(page, n) for page in range(1, 5) for n in range(1, 13)]


def test_chunks_know_their_pages_and_headings(run: Run, book: Path) -> None:
    chunks = _chunks(run("extract-text", book, chunk="characters", chunk_size=400, overlap=0))

    for chunk in chunks:
        named = [int(page) for page in re.findall(r"of page (\d)", chunk["text"])]
        assert chunk["source"] == "book.pdf"
        assert chunk["first_page"] <= min(named)
        assert chunk["last_page"] >= max(named)
        assert chunk["headings"] == [f"Chapter number {named[0]}"]


def test_chunks_end_with_a_sentence_and_overlap_by_one(run: Run, book: Path) -> None:
    chunks = _chunks(run("extract-text", book, chunk="characters", chunk_size=400, overlap=90))

    for chunk, following in pairwise(chunks):
        assert chunk["text"].endswith(".")
        first = following["text"].splitlines()[0]
        assert first in chunk["text"] or first.startswith("Chapter")


def test_a_heading_is_never_left_at_the_end_of_a_chunk(run: Run, book: Path) -> None:
    for size in range(200, 420, 20):
        chunks = _chunks(run("extract-text", book, chunk="characters", chunk_size=size, overlap=0))

        assert not any(chunk["text"].splitlines()[-1].startswith("Chapter") for chunk in chunks)


def test_chunks_may_be_numbered_files(run: Run, book: Path) -> None:
    work = run(
        "extract-text", book, format="md", chunk="characters", chunk_size=300, chunks_as="files"
    )

    names = sorted(path.name for path in work.target.iterdir())
    assert names[:2] == ["book-00001.md", "book-00002.md"]
    assert (work.target / names[0]).read_text(encoding="utf-8").startswith("# Chapter number 1\n")


def test_a_word_longer_than_a_chunk_stays_whole_and_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((20, 60), f"short {'x' * 60} short", fontsize=9)
        document.save(path)

    work = run("extract-text", path, chunk="characters", chunk_size=30, overlap=20)

    assert "x" * 60 in [chunk["text"] for chunk in _chunks(work)]
    assert "Some chunks are longer than asked, because a single word in them is." in work.notes
    assert "The overlap was reduced to 15, half the size of a chunk." in work.notes


def test_writing_without_spaces_is_cut_between_signs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        for line in range(10):
            page.insert_text(
                (40, 60 + 16 * line), "天地玄黄宇宙洪荒日月盈昃" * 2, fontname="china-s"
            )
        document.save(path)

    chunks = _chunks(run("extract-text", path, chunk="characters", chunk_size=50, overlap=0))

    assert all(len(chunk["text"]) <= 50 for chunk in chunks)
    assert "".join(chunk["text"] for chunk in chunks).replace("\n", "").count("宇宙") >= 18
