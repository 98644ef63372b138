"""Walks through all that stands inside one object of a PDF, but not what it refers to."""

from collections.abc import Iterator
from typing import Any

_MOST = 200_000  # containers inside one object; more are made to keep us busy


def holders(found: Any) -> Iterator[Any]:
    """The object and each dictionary and array inside it, the outermost first.

    A holder may be changed while it is at hand: what is inside it is looked at afterwards.
    """
    from pikepdf import Array, Dictionary, Stream

    waiting, left = [found], _MOST
    while waiting and left:
        holder = waiting.pop()
        if isinstance(holder, Dictionary | Stream):
            yield holder
            inner = [value for _, value in holder.items()]
        elif isinstance(holder, Array):
            yield holder
            inner = list(holder)
        else:
            continue
        left -= 1
        waiting += [one for one in inner if hasattr(one, "is_indirect") and not one.is_indirect]
