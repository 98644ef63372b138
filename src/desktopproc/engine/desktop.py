"""Puts the program into the menus below one folder for shared data, and takes it out again."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from desktopproc.core.errors import OutputError
from desktopproc.engine.desktop_menus import APP_ID, menu_files

_LIST = "desktopproc/installed-files.txt"
_PATIENCE_S = 20


def install(share: Path, program: Sequence[str]) -> list[Path]:
    """Write menu entry, icons and file-manager actions; returns what is there now.

    What an earlier version wrote and this one does not is removed. OutputError names the file that
    cannot be written.
    """
    wanted = dict(files(program))
    _remove(share, [name for name in _written(share) if name not in wanted])
    for name, content in wanted.items():
        _write(share / name, content)
    _write(share / _LIST, "".join(f"{name}\n" for name in wanted).encode())
    _tell_desktop(share)
    return [share / name for name in wanted]


def uninstall(share: Path) -> list[Path]:
    """Remove what `install` wrote, and the folders that are empty then; returns what was removed.

    OutputError names what cannot be removed.
    """
    names = _written(share)
    removed = _remove(share, names)
    if names:
        _tell_desktop(share)
        _remove(share, [_LIST, *_leftovers(share)])
    return removed


def files(program: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Everything that `install` writes, by its path below the folder for shared data."""
    from desktopproc.formats.program_icon import SIZES, icon_png, icon_svg  # deferred: draws

    for name, text in menu_files(program).items():
        yield name, text.encode()
    for size in SIZES:
        yield f"icons/hicolor/{size}x{size}/apps/{APP_ID}.png", icon_png(size)
    yield f"icons/hicolor/scalable/apps/{APP_ID}.svg", icon_svg()


def _written(share: Path) -> list[str]:
    """What the last installation wrote; a path that leads out of the folder is none of ours."""
    with suppress(FileNotFoundError, NotADirectoryError):
        names = (share / _LIST).read_text(encoding="utf-8").splitlines()
        return [name for name in names if not Path(name).is_absolute() and ".." not in name]
    return []


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        # Dolphin heeds a user's menus, and Nautilus scripts, only if they may be executed.
        is_run = content.startswith(b"#!") or "servicemenus" in path.parts
        path.chmod(0o755 if is_run else 0o644)
    except OSError as e:
        raise OutputError(f"{path} could not be written: {e.strerror}.") from e


def _remove(share: Path, names: Sequence[str]) -> list[Path]:
    removed = []
    for name in names:
        path = share / name
        try:
            path.unlink()
            removed.append(path)
        except FileNotFoundError:
            pass
        except OSError as e:
            raise OutputError(f"{path} could not be removed: {e.strerror}.") from e
        _remove_empty(path.parent, share)
    return removed


def _remove_empty(folder: Path, share: Path) -> None:
    while folder != share:
        try:
            folder.rmdir()
        except OSError:  # it holds something of somebody else
            return
        folder = folder.parent


def _tell_desktop(share: Path) -> None:
    """Have the list of openers made anew, and icons looked up again; nothing waits for it."""
    applications = share / "applications"
    program = shutil.which("update-desktop-database")
    if program is not None and applications.is_dir():
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [program, str(applications)], check=False, capture_output=True, timeout=_PATIENCE_S
            )
    with suppress(OSError):
        (share / "icons" / "hicolor").touch()  # its time tells desktops that icons have changed


def _leftovers(share: Path) -> list[str]:
    """The list of openers where nothing else is to be listed."""
    with suppress(OSError):
        if [each.name for each in (share / "applications").iterdir()] == ["mimeinfo.cache"]:
            return ["applications/mimeinfo.cache"]
    return []
