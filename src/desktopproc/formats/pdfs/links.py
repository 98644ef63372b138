"""Mends the links on pages that were taken out of one PDF into another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktopproc.formats.pdfs.destinations import Destinations

_GO_TO = "/GoTo"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pages of a document stand in a new one.

    `aims` knows the document, `pages` are the objects of the new one's pages, `places` tells where
    each page stands there that was taken, and `known` are names of destinations that are right in
    the new one too.
    """

    aims: Destinations
    pages: Sequence[Any]
    places: Mapping[int, int]
    known: Collection[bytes] = ()


def mend_links(page: Any, to: Places) -> int:
    """Let the links of one page lead to where their pages stand now.

    A link whose page is not there is taken away, as nothing would happen; their number is told.
    """
    from pikepdf import Array, Dictionary

    annotations = page.get("/Annots")
    if not isinstance(annotations, Array):
        return 0
    kept, lost = [], 0
    for annotation in annotations:
        owner: Any = annotation
        key = "/Dest"
        if isinstance(annotation, Dictionary) and "/Dest" not in annotation:
            owner, key = annotation.get("/A"), "/D"
        is_link = isinstance(owner, Dictionary) and key in owner
        if is_link and key == "/D":
            is_link = owner.get("/S") == _GO_TO
        if not is_link or _names_a_page(owner[key], Array, Dictionary) or _mended(owner, key, to):
            kept.append(annotation)
        elif annotation.get("/Subtype") == "/Link":
            lost += 1
        else:
            kept.append(annotation)
    if lost:
        page.Annots = Array(kept)
    return lost


def _names_a_page(aim: Any, array: Any, dictionary: Any) -> bool:
    """Whether a destination holds its page itself; one that is not there is null or empty."""
    if not isinstance(aim, array) or not len(aim):
        return False
    page = aim[0]
    return isinstance(page, dictionary) and ("/Parent" in page or "/Type" in page)


def _mended(owner: Any, key: str, to: Places) -> bool:
    """Whether the page that is named or counted has a place, which the link leads to then."""
    from pikepdf import Array, Name, String

    aim = owner[key]
    if isinstance(aim, String) and bytes(aim) in to.known:
        return True
    if isinstance(aim, Array) and (not len(aim) or aim[0] is None):
        return False
    number, view = to.aims.resolve(aim)
    place = None if number is None else to.places.get(number)
    if place is None:
        return False
    owner[key] = Array([to.pages[place], *(view or [Name.Fit])])
    return True
