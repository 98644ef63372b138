"""Writes the chunks of a document: one JSON Lines file, or one text file each."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktopproc.formats.pdf_pages import file_name
from desktopproc.formats.texts.blocks import Block, BlockKind, Page
from desktopproc.formats.texts.chunks import Chunk, Chunker
from desktopproc.formats.texts.json_pages import one_line, page_of
from desktopproc.formats.texts.markdown import markdown, table_lines
from desktopproc.formats.texts.passages import Passage
from desktopproc.formats.texts.plain import plain, row_text
from desktopproc.formats.texts.text_file import Format, Writer, new_file, part_file
from desktopproc.formats.texts.tokens import estimate
from desktopproc.formats.writing import writing

_MOST_FILES = 99_999  # how many the numbers in their names have room for


@dataclass(slots=True)
class ChunkWriter:
    """Gathers pages into chunks; each is written as soon as it is full."""

    chunker: Chunker
    source: str
    how: Format
    lines: IO[str] | None  # None: one file each, in `folder`
    folder: Path
    has_text: bool = False
    count: int = 0

    @property
    def too_long(self) -> int:
        """How many chunks are longer than asked, because one word alone is."""
        return self.chunker.oversized

    def write(self, page: Page | str) -> None:
        if isinstance(page, str):
            raise TypeError("chunks need the blocks of a page")
        self._store(self.chunker.add(passages_of(page, self.how)))

    def take(self, part: Path) -> Iterator[None]:
        """Add the pages that another worker wrote with `part_pages`."""
        with pages_in(part).open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                self.write(page_of(line.rstrip(",\n")))
                yield

    def finish(self) -> None:
        self._store(self.chunker.finish())

    def _store(self, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            self.has_text = True
            self.count += 1
            if self.lines is not None:
                self.lines.write(self._record(chunk) + "\n")
                continue
            name = file_name(Path(self.source), self.count - 1, _MOST_FILES, f".{self.how.value}")
            path = self.folder / name
            path.write_text(chunk.text + "\n", "utf-8", "replace", newline="\n")

    def _record(self, chunk: Chunk) -> str:
        return one_line(
            {
                "source": self.source,
                "chunk": self.count,
                "first_page": chunk.first_page,
                "last_page": chunk.last_page,
                "headings": chunk.headings,
                "characters": len(chunk.text),
                "tokens_estimated": estimate(chunk.text),
                "text": chunk.text,
            }
        )


def passages_of(page: Page, how: Format) -> Iterator[Passage]:
    """What of a page may be parted: paragraphs, items, headings and the rows of tables."""
    depth = -1
    for block in page.blocks:
        is_item = block.kind is BlockKind.LIST
        depth = min(block.level, depth + 1) if is_item else -1
        heading = block.level if block.kind is BlockKind.HEADING else 0
        for text in _texts(block, how, depth):
            yield Passage(text, page.number, heading)


def _texts(block: Block, how: Format, depth: int) -> list[str]:
    if block.kind is not BlockKind.TABLE:
        return [markdown(block, depth) if how is Format.MARKDOWN else plain(block)]
    if how is Format.MARKDOWN:
        return table_lines(block.rows)
    return [row_text(row) for row in block.rows]


@contextmanager
def chunk_lines(target: Path, source: str, how: Format, chunker: Chunker) -> Iterator[Writer]:
    """A new JSON Lines file with one chunk a line."""
    with new_file(target) as file:
        writer = ChunkWriter(chunker, source, how, file, target.parent)
        yield writer
        writer.finish()


@contextmanager
def chunk_files(target: Path, source: str, how: Format, chunker: Chunker) -> Iterator[Writer]:
    """One numbered text file for each chunk, in an existing folder."""
    with writing(target):
        writer = ChunkWriter(chunker, source, how, None, target)
        yield writer
        writer.finish()


@contextmanager
def part_pages(target: Path) -> Iterator[Writer]:
    """Some of the pages of a document, whose chunks are cut when all are together."""
    with part_file(pages_in(target), Format.JSON, "") as writer:
        yield writer


def pages_in(part: Path) -> Path:
    """Where `part_pages` puts its pages: a file, in the folder where the part is one."""
    return part / "pages.json" if part.is_dir() else part
