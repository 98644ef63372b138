"""Decides which pages of a document go into which file, and what the files are called."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from desktopproc.formats import pdf_pages
from desktopproc.formats.pdf_outline import Bookmark

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_MAX_TITLE = 80


@dataclass(frozen=True, slots=True)
class Part:
    """One file: what stands behind the document's name, and its pages from 0."""

    name: str
    pages: Sequence[int]


def every(count: int, pages: int) -> list[Part]:
    """A file for each so many pages."""
    return [
        by_pages(range(start, min(start + pages, count)), count) for start in range(0, count, pages)
    ]


def at_ranges(ranges: str, count: int) -> list[Part]:
    """A file for each item of a list; those that the document has no pages for are left out."""
    items = (pdf_pages.indexes(item, count) for item in ranges.split(","))
    return [by_pages(pages, count) for pages in items if pages]


def odd_and_even(count: int) -> list[Part]:
    """The front sides in one file, the back sides in another."""
    parts = [Part("odd", range(0, count, 2)), Part("even", range(1, count, 2))]
    return [part for part in parts if part.pages]


def at_chapters(chapters: Sequence[Bookmark], count: int) -> list[Part]:
    """A file for each bookmark, from its page to the next; what comes first has the number 0."""
    titles: dict[int, str] = {}
    for chapter in chapters:
        if chapter.page is not None:
            titles.setdefault(chapter.page, chapter.title)
    starts = sorted(titles)
    digits = max(2, len(str(len(starts))))
    parts = [
        Part(f"{number:0{digits}} {_in_names(titles[start])}".rstrip(), range(start, end))
        for number, (start, end) in enumerate(pairwise([*starts, count]), 1)
    ]
    if starts and starts[0]:
        parts.insert(0, Part("0" * digits, range(starts[0])))
    return parts


def between(separators: Collection[int], count: int) -> list[Part]:
    """A file for each run of pages that are no separators."""
    runs: list[list[int]] = [[]]
    for page in range(count):
        if page not in separators:
            runs[-1].append(page)
        elif runs[-1]:
            runs.append([])
    return [by_pages(run, count) for run in runs if run]


def by_pages(pages: Sequence[int], count: int) -> Part:
    """Pages named by their first and last number, with zeros so that names sort as pages do."""
    digits = max(3, len(str(count)))
    ends = dict.fromkeys((pages[0] + 1, pages[-1] + 1))
    return Part("-".join(f"{end:0{digits}}" for end in ends), pages)


def file_names(stem: str, parts: Sequence[Part]) -> Iterator[str]:
    """A name for each part's file, all of them different also where capitals do not count."""
    taken: set[str] = set()
    for part in parts:
        name, number = pdf_pages.named(stem, f"-{part.name}.pdf"), 1
        while name.casefold() in taken:
            number += 1
            name = pdf_pages.named(stem, f"-{part.name} ({number}).pdf")
        taken.add(name.casefold())
        yield name


def _in_names(title: str) -> str:
    words = " ".join(_NOT_IN_NAMES.sub(" ", title).split())
    return "".join(sign for sign in words if sign.isprintable())[:_MAX_TITLE].strip(" .")
