"""Ties pages into a PDF that is written from front to back: tree, bookmarks, properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from desktopproc.formats.pdf_writer import PdfWriter, number, text


@dataclass(frozen=True, slots=True)
class Properties:
    """What a PDF says of itself."""

    title: str = ""
    author: str = ""
    subject: str = ""
    keywords: str = ""
    language: str = ""  # of its text, as BCP 47 spells it


class PdfDocument:
    """A PDF that grows page by page; `finish` makes it whole. Use as a context manager."""

    def __init__(self, target: Path | BinaryIO, properties: Properties) -> None:
        self.writer = PdfWriter(target)
        self.properties = properties
        self._pages: list[int] = []
        self._bookmarks: list[tuple[str, int, float]] = []
        self._tree = self.writer.reserve()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.__exit__(kind, error, trace)

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def add_page(
        self, size: tuple[float, float], drawing: str, resources: Mapping[str, str]
    ) -> None:
        """Add a page of this size in points; `resources` are dictionaries by kind of resource."""
        content = self.writer.add_stream({}, drawing.encode("latin-1"), pack=len(drawing) > 200)
        found = " ".join(f"/{kind} << {entries} >>" for kind, entries in resources.items())
        self._pages.append(
            self.writer.add(
                f"<< /Type /Page /Parent {self._tree} 0 R "
                f"/MediaBox [0 0 {number(size[0])} {number(size[1])}] "
                f"/Resources << {found} >> /Contents {content} 0 R >>"
            )
        )

    def bookmark(self, title: str, top: float) -> None:
        """Lead to this height of the page that is added next."""
        self._bookmarks.append((title, len(self._pages), top))

    def finish(self) -> None:
        """Write what ties the pages together; without it the file is no PDF."""
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self.writer.add(f"<< /Type /Pages /Kids [{kids}] /Count {self.count} >>", self._tree)
        outline = self._outline()
        shown = " /ViewerPreferences << /DisplayDocTitle true >>" if self.properties.title else ""
        spoken = f" /Lang {text(self.properties.language)}" if self.properties.language else ""
        root = f"<< /Type /Catalog /Pages {self._tree} 0 R{outline}{shown}{spoken} >>"
        catalog = self.writer.add(root)
        now = datetime.now(UTC).strftime("(D:%Y%m%d%H%M%SZ)")
        told = "".join(f"/{word} {text(value)} " for word, value in self._told().items() if value)
        self.writer.finish(catalog, self.writer.add(f"<< {told}/CreationDate {now} >>"))

    def _told(self) -> dict[str, str]:
        own = self.properties
        return {
            "Title": own.title,
            "Author": own.author,
            "Subject": own.subject,
            "Keywords": own.keywords,
            "Producer": "desktopproc",
        }

    def _outline(self) -> str:
        """The bookmarks as one flat list, and the catalog's word for it."""
        if not self._bookmarks:
            return ""
        outline, *items = (self.writer.reserve() for _ in range(len(self._bookmarks) + 1))
        for at, (title, page, top) in enumerate(self._bookmarks):
            before = f"/Prev {items[at - 1]} 0 R " if at else ""
            after = f"/Next {items[at + 1]} 0 R " if at + 1 < len(items) else ""
            place = f"[{self._pages[page]} 0 R /XYZ null {number(top)} null]"
            body = f"<< /Title {text(title)} /Parent {outline} 0 R {before}{after}/Dest {place} >>"
            self.writer.add(body, items[at])
        ends = f"/First {items[0]} 0 R /Last {items[-1]} 0 R /Count {len(items)}"
        self.writer.add(f"<< /Type /Outlines {ends} >>", outline)
        return f" /Outlines {outline} 0 R /PageMode /UseOutlines"
