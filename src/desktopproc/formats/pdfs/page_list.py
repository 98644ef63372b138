"""Understands which pages a user lines up by "3,1,5-8,blank,2"."""

import re
from dataclasses import dataclass

from desktopproc.core.errors import BadInputError
from desktopproc.formats.pdf_pages import ITEM, indexes

_ITEM = rf"({ITEM}|blank|other(\s*:\s*{ITEM})?)"
PATTERN = rf"(?i:\s*{_ITEM}(\s*,\s*{_ITEM})*\s*)"
EXAMPLE = "3,1,5-8,blank,2"
HELP = (
    "Pages in their new order, such as 3,1,5-8,blank,2. 8-5 runs backwards, 9- goes to the end, "
    "last, odd and even are understood; blank is an empty page, and other, or other:2-3, are "
    "pages of the other PDF. What is not named is left out, and named twice, it comes twice."
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One page of the new document: a page of the document or of the other one, or none."""

    page: int | None = None
    is_other: bool = False


def lined_up(text: str, count: int, others: int | None, name: str) -> list[Slot]:
    """The slots that a list asks for in a document of so many pages, and another of so many."""
    found: list[Slot] = []
    for item in text.split(","):
        word = re.sub(r"\s", "", item).lower()
        if word == "blank":
            found.append(Slot())
        elif word.startswith("other"):
            if others is None:
                raise BadInputError("The list of pages speaks of another PDF. Choose that one too.")
            found += [Slot(page, True) for page in indexes(word.partition(":")[2] or "all", others)]
        else:
            found += [Slot(page) for page in indexes(word, count)]
    if all(slot.page is None for slot in found):
        raise BadInputError(f"{name} has {count} pages, and none of those asked for ({text}).")
    return found
