"""Writes everything of a Linux package that is not the program itself: `make integration`.

The tree belongs below /usr/share: menu entry, icons, file-manager actions, AppStream metadata,
the manual and completions.
"""

import gzip
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from manual import manual

from desktopproc import __version__, ops
from desktopproc.cli import main
from desktopproc.cli.completion import completion
from desktopproc.engine import desktop
from desktopproc.engine.desktop_menus import ACTIONS, APP_ID

_ROOT = Path(__file__).resolve().parents[2]
_DESKTOP = _ROOT / "packaging" / "linux" / "desktop"
_PROGRAM = "desktopproc"
_SAME = ".so man1/desktopproc.1\n"
_COMPLETIONS = {
    "bash": "bash-completion/completions/desktopproc",
    "zsh": "zsh/vendor-completions/_desktopproc",
    "fish": "fish/vendor_completions.d/desktopproc.fish",
}


def stage(share: Path, *, epoch: int) -> None:
    """Write the tree; the same commit and `epoch`, in seconds since 1970, give the same bytes."""
    for name, content in _files(epoch):
        path = share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)


def _files(epoch: int) -> Iterator[tuple[str, bytes]]:
    for name, content in desktop.files([_PROGRAM]):
        if not name.startswith("nautilus/"):  # scripts are a user's own; see below
            yield name, content
    metadata = (_DESKTOP / f"{APP_ID}.metainfo.xml").read_text(encoding="utf-8")
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    metadata = metadata.replace("@VERSION@", __version__).replace("@DATE@", date)
    yield f"metainfo/{APP_ID}.metainfo.xml", metadata.encode()
    yield "nautilus-python/extensions/desktopproc.py", _nautilus().encode()
    for page, text in (("desktopproc", manual(epoch)), ("desktopproc-gui", _SAME)):
        yield f"man/man1/{page}.1.gz", gzip.compress(text.encode(), 9, mtime=0)
    others = list(main.commands(lambda _paths, _operation: 0).values())
    for shell, place in _COMPLETIONS.items():
        yield place, f"{completion(shell, others, ops.load())}\n".encode()


def _nautilus() -> str:
    text = (_DESKTOP / "nautilus.py").read_text(encoding="utf-8")
    actions = [(action.label, list(action.words), action.types) for action in ACTIONS]
    for before, after in (
        ('PROGRAM = "desktopproc"\n', f"PROGRAM = {_PROGRAM!r}\n"),
        ('ICON = ""\n', f"ICON = {APP_ID!r}\n"),
        ("]] = []\n", f"]] = {actions!r}\n"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    return text


if __name__ == "__main__":
    stage(Path(sys.argv[1]), epoch=int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
