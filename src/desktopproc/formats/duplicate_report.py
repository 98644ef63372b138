"""Writes down which photos are duplicates: as a table, or as text for people."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from desktopproc.formats.duplicates import Group, Kind, Member, Photo
from desktopproc.formats.tables import Cell, TableFormat, storable, write_table
from desktopproc.formats.writing import writing

COLUMNS = (
    *("group", "kind", "distance", "keep", "why", "moved to"),
    *("path", "bytes", "width", "height", "taken", "error"),
)


class Report:
    """What was found, and what becomes of it: `moved` says where files are asked to go."""

    def __init__(
        self,
        groups: Sequence[Group],
        bad: Sequence[Photo],
        why: str,
        moved: Mapping[Path, str],
    ) -> None:
        self._groups = groups
        self._bad = bad
        self._why = why
        self._moved = moved

    def write_table(self, target: Path, kind: TableFormat) -> None:
        """One row per file of a group, then those that could not be read."""
        write_table(target, kind, COLUMNS, self._rows())

    def write_text(self, target: Path) -> None:
        """One paragraph per group."""
        with writing(target), target.open("w", encoding="utf-8") as file:
            for line in self._lines():
                file.write(f"{storable(line)}\n")

    def _rows(self) -> Iterator[Sequence[Cell]]:
        for number, group in enumerate(self._groups, 1):
            for member in group.members:
                lead = (number, member.kind.value, member.distance)
                yield (*lead, *self._fate(member), *_facts(member.photo))
        for photo in self._bad:
            yield (None, "unreadable", None, True, "", None, *_facts(photo))

    def _fate(self, member: Member) -> tuple[Cell, Cell, Cell]:
        moved = self._moved.get(member.photo.path)
        match member.kind:
            case Kind.KEPT:
                return True, self._why, moved
            case Kind.SAME_FILE:
                return True, "another name of the same file", moved
        return False, "", moved

    def _lines(self) -> Iterator[str]:
        if not self._groups:
            yield "There are no duplicates."
        for number, group in enumerate(self._groups, 1):
            yield f"Group {number}"
            for member in group.members:
                yield f"  {self._words(member)}: {_in_one_line(member.photo.path)}"
            yield ""
        for photo in self._bad:
            yield f"Could not be looked at: {_in_one_line(photo.path)}: {photo.error}"

    def _words(self, member: Member) -> str:
        moved = " (moved)" if member.photo.path in self._moved else ""
        match member.kind:
            case Kind.KEPT:
                return f"keep, {self._why}"
            case Kind.NEAR:
                return f"shows the same, {member.distance} bits apart{moved}"
            case Kind.SAME_FILE:
                return "another name of the same file"
        return f"holds the same bytes{moved}"


def _facts(photo: Photo) -> tuple[Cell, ...]:
    facts = photo.facts
    size = (facts.size_bytes, facts.width, facts.height)
    return (str(photo.path), *size, facts.taken, photo.error or None)


def _in_one_line(path: Path) -> str:
    """A name may hold line breaks, which would make two lines of one."""
    return "".join(
        sign if sign.isprintable() or "\udc80" <= sign <= "\udcff" else f"\\x{ord(sign):02x}"
        for sign in str(path)
    )
