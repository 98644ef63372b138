"""Packs the frozen folder into a tar.gz that runs where it is unpacked."""

import gzip
import tarfile
from pathlib import Path

_README = """\
desktopproc {version}

Start ./desktopproc for the window, ./desktopproc --help for the command line. Nothing has to be
installed but what a Linux desktop has (X11 or Wayland, OpenGL, fontconfig, D-Bus); the command
line needs not even these. ./desktopproc --install-desktop puts it into your menu.

To remove it, delete this folder.
"""


def pack(folder: Path, target: Path, *, version: str, epoch: int) -> None:
    """The same folder gives the same bytes: sorted, owned by nobody, no file newer than `epoch`."""
    (folder / "README.txt").write_text(_README.format(version=version), encoding="utf-8")

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = epoch
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with (
        target.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.add(folder, f"desktopproc-{version}", recursive=False, filter=plain)
        for path in sorted(folder.rglob("*")):
            inside = f"desktopproc-{version}/{path.relative_to(folder).as_posix()}"
            archive.add(path, inside, recursive=False, filter=plain)
    (folder / "README.txt").unlink()
