"""Follows the fields of a Word part: what of them is shown, where they lead, page numbers."""

import re

from desktopproc.formats.word.parts import Node

_KINDS = {"PAGE": "page", "NUMPAGES": "pages", "SECTIONPAGES": "pages"}
_LINK = re.compile(r'^\s*HYPERLINK\s+(?:\\l\s+)?"([^"]*)"')
_LOCAL = re.compile(r"^\s*HYPERLINK\s+\\l\s")


class _Open:
    """A field whose end has not come yet."""

    __slots__ = ("has_result", "instruction", "kind", "link")

    def __init__(self) -> None:
        self.instruction = ""
        self.has_result = False
        self.kind = ""
        self.link = ""


class Fields:
    """The open fields, the innermost last. In margins page numbers are counted, not copied."""

    def __init__(self, *, is_margin: bool) -> None:
        self._is_margin = is_margin
        self._open: list[_Open] = []

    @property
    def is_shown(self) -> bool:
        """Whether text here is a result, and not an instruction or a number that we count."""
        return all(each.has_result and not each.kind for each in self._open)

    @property
    def link(self) -> str:
        """Where the innermost hyperlink leads, or nothing."""
        return next((each.link for each in reversed(self._open) if each.link), "")

    def page_kind(self, instruction: str) -> str:
        """`page` or `pages` for a field that we count ourselves, else nothing."""
        words = instruction.split()
        return _KINDS.get(words[0].upper(), "") if words and self._is_margin else ""

    def instruction(self, text: str) -> None:
        if self._open and not self._open[-1].has_result:
            self._open[-1].instruction += text

    def mark(self, node: Node) -> str:
        """Begin, switch or end a field; the answer is the kind of number to put here, if any."""
        kind = node.attrs.get("fldCharType", "")
        if kind == "begin":
            self._open.append(_Open())
        elif kind == "separate" and self._open:
            return self._settle(self._open[-1])
        elif kind == "end" and self._open:
            last = self._open.pop()
            if not last.has_result:
                return self._settle(last)
        return ""

    def _settle(self, field: _Open) -> str:
        field.has_result = True
        found = _LINK.match(field.instruction)
        if found:
            is_local = _LOCAL.match(field.instruction)
            field.link = f"#{found[1]}" if is_local else found[1]
        is_outermost = all(each.has_result and not each.kind for each in self._open[:-1])
        field.kind = self.page_kind(field.instruction)
        return field.kind if is_outermost else ""
