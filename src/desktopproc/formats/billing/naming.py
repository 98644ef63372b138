"""Names the file of a document from what its row says."""

from collections.abc import Mapping

from desktopproc.core.errors import UsageError
from desktopproc.formats.rows.documents import shown
from desktopproc.formats.rows.synonyms import field_of
from desktopproc.formats.rows.table import Cell
from desktopproc.formats.typesetting.phrases import Phrase


def file_name(pattern: str, values: Mapping[str, Cell]) -> str:
    """The pattern with its fields filled; empty where none of them is known."""

    def look(name: str) -> str:
        return " ".join(shown(values.get(name, values.get(field_of(name)))).split())

    return parsed(pattern).fill(look).replace("\n", " ").strip()


def parsed(pattern: str) -> Phrase:
    """The pattern, if it is right."""
    try:
        return Phrase.parse(pattern)
    except ValueError as e:
        raise UsageError(f"The file name '{pattern}' is not right: {e}.") from None
