"""Takes the structure for screen readers off pages that leave a PDF (ISO 32000-1, 14.7)."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Pdf

_MAX_DEPTH = 200


def drop_tags(pdf: "Pdf", pages: Sequence[Any], gone: Collection[tuple[int, int]]) -> None:
    """Remove the elements that lie on these pages only, and the pages' own lists of them."""
    from pikepdf import Dictionary

    root = pdf.Root.get("/StructTreeRoot")
    if not isinstance(root, Dictionary):
        return
    _prune(root, gone, None, 0)
    keys = {int(key) for page in pages for key in _keys(page)}
    _drop_keys(root.get("/ParentTree"), keys, 0)
    if "/IDTree" in root:  # names elements that may be gone
        del root["/IDTree"]


def _prune(node: Any, gone: Collection[tuple[int, int]], above: Any, depth: int) -> bool:
    """Whether an element still has content; what has none is taken out of it."""
    from pikepdf import Array, Dictionary

    page = node.get("/Pg", above)
    kids = node.get("/K")
    if depth > _MAX_DEPTH or kids is None:
        return not _is_gone(page, gone)
    many = isinstance(kids, Array)
    kept = []
    for kid in kids if many else [kids]:
        if not isinstance(kid, Dictionary):
            is_kept = not _is_gone(page, gone)
        elif kid.get("/Type") in {"/MCR", "/OBJR"}:
            is_kept = not _is_gone(kid.get("/Pg", page), gone)
        else:
            is_kept = _prune(kid, gone, page, depth + 1)
        if is_kept:
            kept.append(kid)
    if len(kept) < (len(kids) if many else 1):
        node.K = Array(kept)
        if _is_gone(page, gone) and "/Pg" in node:
            del node["/Pg"]
    return bool(kept)


def _is_gone(page: Any, gone: Collection[tuple[int, int]]) -> bool:
    return getattr(page, "objgen", None) in gone


def _keys(page: Any) -> list[Any]:
    """The numbers under which a page and what lies on it are found in the tree of parents."""
    from pikepdf import Array, Dictionary

    found = [page.get("/StructParents")]
    annotations = page.get("/Annots")
    if isinstance(annotations, Array):
        found += [one.get("/StructParent") for one in annotations if isinstance(one, Dictionary)]
    return [key for key in found if isinstance(key, int)]


def _drop_keys(node: Any, keys: Collection[int], depth: int) -> None:
    """Take numbers out of a number tree (ISO 32000-1, 7.9.7)."""
    from pikepdf import Array, Dictionary

    if not isinstance(node, Dictionary) or depth > _MAX_DEPTH:
        return
    pairs = node.get("/Nums")
    if isinstance(pairs, Array):
        items = list(pairs)
        kept = []
        for key, value in zip(items[::2], items[1::2], strict=False):
            if key not in keys:
                kept += [key, value]
        node.Nums = Array(kept)
    kids = node.get("/Kids")
    for kid in list(kids) if isinstance(kids, Array) else ():
        _drop_keys(kid, keys, depth + 1)
