"""Packs the frozen folder and the desktop's files into a Debian package.

Users' files are never touched: queue and settings lie in their homes, whatever is installed,
replaced or removed. There are no maintainer scripts: menus, MIME types and icons are looked after
by the triggers of the packages that own them.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import textwrap
from email.utils import formatdate
from pathlib import Path

from environments import ROOT
from system_libraries import newest_glibc, system_libraries

_LINUX = ROOT / "packaging" / "linux"
_MAINTAINER = "The desktopproc authors <desktopproc@users.noreply.github.com>"
_CONTROL = """\
Package: desktopproc
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libturbojpeg0, tesseract-ocr
Suggests: libreoffice-writer
Homepage: https://github.com/desktopproc/desktopproc
Description: process thousands of photos and documents on your own computer
 Drop folders of photos, PDF files, Word documents and tables on one window, or
 name them on the command line, and have them processed in bulk on all
 processor cores: converted, resized, watermarked and filed with all their
 metadata, merged, split, compressed, protected and made searchable. The queue
 is a file: whatever ends the program, the next start goes on where it stopped.
 .
 Nothing is sent anywhere, and no source file is ever changed.
"""
_WINDOW = '#!/bin/sh\nexec /usr/lib/desktopproc/desktopproc gui "$@"\n'


def pack(folder: Path, tree: Path, target: Path, *, version: str, epoch: int) -> None:
    """Write the package; the same folder and time give the same bytes.

    `tree` has the files of the desktop already; the rest is put to them.
    """
    depends = _copy_program(folder, tree)
    _write_documents(tree, version, epoch)
    _set_rights(tree)
    sizes = [path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()]
    control = _CONTROL.format(
        version=version,
        architecture=_said("dpkg", "--print-architecture"),
        maintainer=_MAINTAINER,
        kilobytes=sum(-(-size // 1024) for size in sizes),
        depends=", ".join(depends),
    )
    _write(tree / "DEBIAN" / "md5sums", _sums(tree))
    _write(tree / "DEBIAN" / "control", control)
    words = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--threads-max=2", "--build"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run(
        [*words, str(tree), str(target)], check=True, env=environment, stdout=subprocess.DEVNULL
    )


def _copy_program(folder: Path, tree: Path) -> list[str]:
    """Everything but the libraries that apt keeps up to date; what is asked of apt instead."""
    home = tree / "usr" / "lib" / "desktopproc"
    shutil.copytree(folder, home, symlinks=True)
    asked = {library.package for library in system_libraries(folder)} | _libraries()
    for library in system_libraries(folder):
        (home / library.file.relative_to(folder)).unlink()
    programs = tree / "usr" / "bin"
    programs.mkdir(parents=True)
    (programs / "desktopproc").symlink_to("../lib/desktopproc/desktopproc")
    _write(programs / "desktopproc-gui", _WINDOW)
    (programs / "desktopproc-gui").chmod(0o755)
    asked -= {"libc6"}
    return [f"libc6 (>= {newest_glibc(home)})", "libgcc-s1", "libstdc++6", *sorted(asked)]


def _libraries() -> set[str]:
    """What the window needs, as `packaging/libraries.txt` has it; turning JPEGs can do without."""
    lines = (ROOT / "packaging" / "libraries.txt").read_text(encoding="utf-8").splitlines()
    named = {line.split()[1] for line in lines if line and not line.startswith("#")}
    return named - {"libturbojpeg0"}


def _write_documents(tree: Path, version: str, epoch: int) -> None:
    documents = tree / "usr" / "share" / "doc" / "desktopproc"
    documents.mkdir(parents=True)
    shutil.copyfile(_LINUX / "deb" / "copyright", documents / "copyright")
    changes = _changes(version, epoch).encode()
    (documents / "changelog.gz").write_bytes(gzip.compress(changes, 9, mtime=0))
    overrides = tree / "usr" / "share" / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copyfile(_LINUX / "deb" / "lintian-overrides", overrides / "desktopproc")


def _changes(version: str, epoch: int) -> str:
    """The section of this version in CHANGELOG.md, or the unreleased one, as Debian writes it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wanted = rf"^## \[(?:{re.escape(version)}|Unreleased)\].*?\n(.*?)(?=^## |\Z)"
    found = re.search(wanted, text, re.MULTILINE | re.DOTALL)
    lines = [line for line in (found[1] if found else "").splitlines() if line.startswith("- ")]
    said = "\n".join(map(_entry, lines)) or "  * See CHANGELOG.md."
    head = f"desktopproc ({version}) stable; urgency=medium"
    return f"{head}\n\n{said}\n\n -- {_MAINTAINER}  {formatdate(epoch)}\n"


def _entry(line: str) -> str:
    return textwrap.fill(line[2:], 78, initial_indent="  * ", subsequent_indent="    ")


def _set_rights(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            is_open = path.is_dir() or (path.stat().st_mode & 0o100 and ".so" not in path.name)
            path.chmod(0o755 if is_open else 0o644)


def _sums(tree: Path) -> str:
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    lines = (
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n"
        for path in files
    )
    return "".join(lines)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
