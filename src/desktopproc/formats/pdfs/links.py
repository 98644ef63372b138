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
        if isinstance(annotation, Dictionary) and not _mended(annotation, to):
            lost += 1
        else:
            kept.append(annotation)
    if lost:
        page.Annots = Array(kept)
    return lost


def _mended(annotation: Any, to: Places) -> bool:
    """Whether the annotation still does what it did."""
    from pikepdf import Array, Dictionary, Name, String

    owner, key = annotation, "/Dest"
    if "/Dest" not in annotation:
        owner, key = annotation.get("/A"), "/D"
        if not isinstance(owner, Dictionary) or owner.get("/S") != _GO_TO:
            return True
    aim = owner.get(key)
    if _names_a_page(aim) or (isinstance(aim, String) and bytes(aim) in to.known):
        return True
    number, view = to.aims.resolve(aim)
    place = None if number is None else to.places.get(number)
    if place is None:
        return bool(annotation.get("/Subtype") != "/Link")
    owner[key] = Array([to.pages[place], *(view or [Name.Fit])])
    return True


def _names_a_page(aim: Any) -> bool:
    """Whether a destination holds its page itself; one that is not there is null or empty."""
    from pikepdf import Array, Dictionary

    has_first = isinstance(aim, Array) and len(aim) > 0
    return has_first and isinstance(aim[0], Dictionary) and len(aim[0].keys()) > 0
