"""What packages are made of: lock files, release notes, and the files of the other systems."""

import plistlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from desktopproc import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(lines: list[str]) -> set[str]:
    return {plain(re.split(r"[ <>=;\[]", line, maxsplit=1)[0]) for line in lines}


def test_all_that_is_shipped_is_locked_with_its_hash() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]

    text = (PACKAGING / "locked.txt").read_text(encoding="utf-8")
    locked = re.findall(
        r"^([\w.-]+)==[^\n]+(?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)+", text, re.M
    )

    assert named(project["dependencies"] + extras["raw"] + extras["jxl"]) <= set(map(plain, locked))
    assert len(re.findall(r"^[\w.-]+==", text, re.M)) == len(locked)
    assert "pytest" not in locked


def test_the_tools_are_locked() -> None:
    text = (PACKAGING / "locked-tools.txt").read_text(encoding="utf-8")

    assert named(PROJECT["dependency-groups"]["package"]) <= named(text.splitlines())


@pytest.mark.parametrize("name", ["locked.txt", "locked-tools.txt"])
def test_lock_files_name_no_host(name: str) -> None:
    text = (PACKAGING / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "index-url" not in text


def release(root: Path, word: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, str(root / "packaging" / "making" / "release.py"), word]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A checkout with a changelog of its own."""
    shutil.copytree(PACKAGING / "making", tmp_path / "packaging" / "making")
    (tmp_path / "src" / "desktopproc").mkdir(parents=True)
    (tmp_path / "src" / "desktopproc" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    return tmp_path


def test_the_version_is_the_program_s() -> None:
    assert release(ROOT, "version").stdout == f"{__version__}\n"


def test_the_changelog_s_section_is_the_release_notes(copied: Path) -> None:
    changes = (
        "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-24\n\n### Added\n- Much.\n\n"
        "## [1.2.2] - 2026-11-01\n\n### Fixed\n- Less.\n"
    )
    (copied / "CHANGELOG.md").write_text(changes)

    assert release(copied, "notes").stdout == "### Added\n- Much.\n\n"


def test_a_version_that_the_changelog_does_not_describe_is_not_released(copied: Path) -> None:
    (copied / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n- Much.\n")

    answer = release(copied, "")

    assert answer.returncode == 1
    assert answer.stderr.startswith("CHANGELOG.md has no section '## [1.2.3] - ")


def test_the_mac_bundle_opens_what_the_program_takes() -> None:
    info = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())

    taken = [kind for each in info["CFBundleDocumentTypes"] for kind in each["LSItemContentTypes"]]

    assert {"public.image", "com.adobe.pdf", "public.folder"} <= set(taken)
    assert len(taken) == len(set(taken))
    assert all(each["LSHandlerRank"] == "Alternate" for each in info["CFBundleDocumentTypes"])


@pytest.mark.outside
@pytest.mark.skipif(shutil.which("makensis") is None, reason="NSIS is not installed")
def test_the_windows_installer_compiles(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "desktopproc-gui.exe").write_bytes(b"MZ")
    words = ["makensis", "-V2", "-WX", "-DVERSION=1.2.3", f"-DFOLDER={folder}"]
    words += [f"-DRESULT={tmp_path}/try-1.2.3.exe", str(PACKAGING / "windows" / "desktopproc.nsi")]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert (tmp_path / "try-1.2.3.exe").stat().st_size > 50_000
