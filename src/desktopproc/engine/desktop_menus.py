"""Writes the files by which a desktop and its file managers know the program, as texts.

The formats: Desktop Entry and Desktop Menu specifications of freedesktop.org, Dolphin's service
menus, Nemo's actions, Thunar's "send to", and the scripts of Nautilus.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktopproc.core.job import Family

APP_ID = "io.github.desktopproc.desktopproc"
_FOLDER = "inode/directory"  # only in actions: an opener of folders may become the one that is used
_TYPES: Mapping[Family, tuple[str, ...]] = {
    Family.PHOTO: (
        *("image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", "image/bmp"),
        *("image/heif", "image/avif", "image/jxl", "image/jp2", "image/svg+xml"),
        *("image/x-adobe-dng", "image/x-canon-cr2", "image/x-canon-cr3", "image/x-nikon-nef"),
        *("image/x-sony-arw", "image/x-fuji-raf", "image/x-olympus-orf", "image/x-panasonic-rw2"),
    ),
    Family.PDF: ("application/pdf",),
    Family.DOCX: ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    Family.TEXT: (
        *("application/vnd.oasis.opendocument.text", "application/rtf", "application/epub+zip"),
    ),
    Family.DATA: (
        *("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ),
}
"""What the families are called in the shared MIME database; plain text and web pages are left out,
which everybody has a better program for."""


@dataclass(frozen=True, slots=True)
class Action:
    """One entry in the menus of file managers; opens the window with the files added."""

    operation: str  # empty: whatever was chosen last
    label: str
    families: tuple[Family, ...]

    @property
    def types(self) -> list[str]:
        """What it is offered for; folders too."""
        return [*(kind for each in self.families for kind in _TYPES[each]), _FOLDER]

    @property
    def words(self) -> tuple[str, ...]:
        """What follows the program's name."""
        return ("gui", "--operation", self.operation) if self.operation else ("gui",)

    @property
    def name(self) -> str:
        return self.operation or "open"


ACTIONS = (
    Action("", "Add to desktopproc", tuple(_TYPES)),
    Action("convert", "Convert photos", (Family.PHOTO,)),
    Action("merge-pdf", "Make one PDF", (Family.PHOTO, Family.PDF, Family.DOCX)),
    Action("docx-to-pdf", "Word to PDF", (Family.DOCX,)),
    Action("extract-text", "Extract text", (Family.PDF, Family.DOCX, Family.TEXT)),
)
_IN_LAUNCHER = ("convert", "merge-pdf", "extract-text")


def menu_files(program: Sequence[str]) -> dict[str, str]:
    """Every file by its path below the folder for shared data, for a program started like this."""
    start = " ".join(map(_word, program))
    files = {
        f"applications/{APP_ID}.desktop": _launcher(start, program[0]),
        "kio/servicemenus/desktopproc.desktop": _service_menu(start),
        "Thunar/sendto/desktopproc.desktop": _send_to(start),
    }
    for action in ACTIONS:
        files[f"nemo/actions/desktopproc-{action.name}.nemo_action"] = _nemo(action, start)
        files[f"nautilus/scripts/desktopproc/{action.label}"] = _script(action, program)
    return files


def _launcher(start: str, first: str) -> str:
    types = _listed(kind for kinds in _TYPES.values() for kind in kinds)
    actions = [action for action in ACTIONS if action.operation in _IN_LAUNCHER]
    head = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.0",
        "Name=desktopproc",
        "GenericName=Photo and document processor",
        "Comment=Process thousands of photos and documents on your own computer",
        f"TryExec={_string(first)}",
        f"Exec={start} gui %F",
        f"Icon={APP_ID}",
        "Terminal=false",
        "StartupNotify=true",
        "StartupWMClass=desktopproc",
        "Categories=Graphics;Photography;Qt;",
        "Keywords=photos;PDF;convert;resize;merge;OCR;batch;queue;",
        f"MimeType={types}",
        "InitialPreference=1",
        f"Actions={_listed(action.name for action in actions)}",
    ]
    return _joined(head, *(_desktop_action(action, start, files="%F") for action in actions))


def _service_menu(start: str) -> str:
    """All entries for all types: the window says which files an operation leaves out."""
    everything = _listed(ACTIONS[0].types)
    head = [
        "[Desktop Entry]",
        "Type=Service",
        "ServiceTypes=KonqPopupMenu/Plugin",
        "X-KDE-ServiceTypes=KonqPopupMenu/Plugin",
        "X-KDE-Submenu=desktopproc",
        f"Icon={APP_ID}",
        f"MimeType={everything}",
        f"Actions={_listed(action.name for action in ACTIONS)}",
    ]
    return _joined(head, *(_desktop_action(action, start, files="%F") for action in ACTIONS))


def _desktop_action(action: Action, start: str, *, files: str) -> list[str]:
    return [
        f"[Desktop Action {action.name}]",
        f"Name={action.label}",
        f"Icon={APP_ID}",
        f"Exec={start} {' '.join(action.words)} {files}",
    ]


def _send_to(start: str) -> str:
    return _joined(
        [
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.0",
            "Name=desktopproc",
            f"Icon={APP_ID}",
            f"Exec={start} gui %F",
            f"MimeType={_listed(ACTIONS[0].types)}",
        ]
    )


def _nemo(action: Action, start: str) -> str:
    label = f"{action.label} with desktopproc" if action.operation else action.label
    return _joined(
        [
            "[Nemo Action]",
            f"Name={label}",
            "Comment=Opens desktopproc with the selected files",
            f"Exec={start} {' '.join(action.words)} %F",
            f"Icon-Name={APP_ID}",
            "Selection=NotNone",
            f"Mimetypes={_listed(action.types)}",
        ]
    )


def _script(action: Action, program: Sequence[str]) -> str:
    return f'#!/bin/sh\nexec {shlex.join([*program, *action.words])} -- "$@"\n'


def _listed(words: Iterable[str]) -> str:
    return "".join(f"{word};" for word in words)


def _joined(*groups: Sequence[str]) -> str:
    return "\n\n".join("\n".join(lines) for lines in groups) + "\n"


def _word(word: str) -> str:
    """A word of an Exec line: quoted, then written as a string, and % is a field code's sign."""
    if not word.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum():
        for sign in '\\"`$':
            word = word.replace(sign, "\\" + sign)
        word = f'"{word}"'
    return _string(word.replace("%", "%%"))


def _string(text: str) -> str:
    return text.replace("\\", "\\\\")
