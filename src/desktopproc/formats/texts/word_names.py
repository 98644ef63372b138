"""Names what stands in a Word file: the vocabularies, and what of them a reader sees."""

WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.microsoft.com/office/word/2003/wordml",
)
MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
DRAWING = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)
COMPATIBILITY = ("http://schemas.openxmlformats.org/markup-compatibility/2006",)

# what is in the file but not on the page: old text, moved text, doubles, old properties
UNSEEN = (
    *("del", "moveFrom", "delText", "delInstrText", "rt", "tabs"),
    *("pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange"),
)
SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\N{NON-BREAKING HYPHEN}",
}
SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})


def tags(spaces: tuple[str, ...], *names: str) -> list[str]:
    """The names as expat spells them, in each edition of a vocabulary."""
    return [f"{space} {name}" for space in spaces for name in names]


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute's value, whatever vocabulary it is from; empty without one."""
    for key, value in attributes.items():
        if key.rpartition(" ")[2] == name:
            return value
    return ""
