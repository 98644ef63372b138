"""Brings the tables of an older preset file up to the version that is written now."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktopproc.core.errors import UsageError

Migration = Callable[[dict[str, Any]], dict[str, Any]]


def _say_the_version(tables: dict[str, Any]) -> dict[str, Any]:
    """1 to 2: files say which version they are; before that they had the same parts without it."""
    return tables


MIGRATIONS: tuple[Migration, ...] = (_say_the_version,)
"""The first makes version 2 of version 1, and so on. One more is added at the end; none changes."""

VERSION = len(MIGRATIONS) + 1


def migrated(
    tables: Mapping[str, Any], migrations: Sequence[Migration] = MIGRATIONS
) -> dict[str, Any]:
    """The same preset in the newest version; UsageError where the file is newer than that."""
    newest = len(migrations) + 1
    version = tables.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UsageError(f"'version' cannot be {version}. It is a whole number of 1 or more.")
    if version > newest:
        raise UsageError(
            f"It has version {version}, and this desktopproc reads up to {newest}. "
            "Update desktopproc, or save the preset again here."
        )
    found = dict(tables)
    for migrate in migrations[version - 1 :]:
        found = migrate(found)
    return {**found, "version": newest}
