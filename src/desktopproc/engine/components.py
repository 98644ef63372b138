"""Tells what the program is made of: every part with its version, its licence and the texts."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from desktopproc.core.resources import resources

_PROGRAM = "desktopproc"
_IS_TEXT = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)
_FONT = "-LICENSE.txt"


@dataclass(frozen=True, slots=True)
class Component:
    """One part; `version` is empty where it has none, `texts` where none came with it."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]

    def text(self) -> str:
        """The licence texts one after the other."""
        return "\n\n".join(
            path.read_text(encoding="utf-8", errors="replace").strip() for path in self.texts
        )


def components() -> list[Component]:
    """The program itself, then the others by name.

    A package also has the interpreter and the libraries of the system that were put into it. What
    the wheels of a library bundle is named in that library's texts.
    """
    found = [*map(_library, distributions()), *_fonts(), *_bundled()]
    return sorted(found, key=lambda each: (each.name != _PROGRAM, each.name.lower()))


def distributions() -> list[metadata.Distribution]:
    """The program's distribution and all that it requires and that is here, extras included."""
    found: dict[str, metadata.Distribution] = {}
    wanted = [_PROGRAM]
    while wanted:
        name = _plain(wanted.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system, or an extra that is not here
            continue
        lines = found[name].requires or ()
        if name != _PROGRAM:  # what others could do with more is not ours
            lines = [line for line in lines if not re.search(r"extra\s*==", line)]
        wanted += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines]
    return list(found.values())


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _library(found: metadata.Distribution) -> Component:
    inside = [
        Path(str(found.locate_file(file)))
        for file in found.files or ()
        if ".dist-info" in file.parts[0] and _IS_TEXT.search("/".join(file.parts[1:]))
    ]
    texts = tuple(sorted(path for path in inside if path.is_file()))
    return Component(found.metadata["Name"], found.version, _licence(found), texts)


def _licence(found: metadata.Distribution) -> str:
    """By its expression, else in the maker's own words, else by its classifiers."""

    def said(field: str) -> list[str]:
        return [str(value).strip() for value in found.metadata.get_all(field) or ()]

    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said("Classifier")
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    one_line = [text for text in said("License") if text and "\n" not in text]
    return ", ".join(said("License-Expression") or one_line or classifiers) or "see its text"


def _fonts() -> Iterator[Component]:
    for text in sorted(resources("fonts").glob("*" + _FONT)):
        yield Component(text.name.removesuffix(_FONT), "", "font licence", (text,))


def _bundled() -> Iterator[Component]:
    """What whoever made the package put in beside libraries of Python; see packaging/making."""
    folder = resources("licences")
    if (table := folder / "parts.json").is_file():
        for part in json.loads(table.read_text(encoding="utf-8")):
            texts = tuple(folder / name for name in part["texts"])
            yield Component(part["name"], part["version"], part["licence"], texts)
