"""What lies in the package: small enough, nothing twice, nothing missing, nothing foreign."""

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from desktopproc import __version__

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.package,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these packages"),
]


@pytest.fixture
def deb(packaged: Path) -> Path:
    found = sorted(packaged.parent.glob(f"desktopproc_{__version__}_*.deb"))
    if not found:
        pytest.skip("there is no .deb beside the built program")
    return found[0]


def field(deb: Path, name: str) -> str:
    words = ["dpkg-deb", "-f", str(deb), name]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def test_the_package_is_small(deb: Path) -> None:
    """Half of it are MuPDF, libvips, Qt and what developing RAW photos needs."""
    assert deb.stat().st_size <= 90e6
    assert int(field(deb, "Installed-Size")) * 1024 <= 280e6


def test_no_library_is_there_twice(packaged: Path) -> None:
    by_content: dict[bytes, list[str]] = defaultdict(list)
    for path in packaged.rglob("*.so*"):
        if path.is_file() and not path.is_symlink():
            by_content[path.read_bytes()].append(str(path.relative_to(packaged)))

    assert [names for names in by_content.values() if len(names) > 1] == []


def test_every_library_finds_the_libraries_it_needs(packaged: Path, deb: Path) -> None:
    """Inside, or in a package that the .deb depends on."""
    inside = {path.name for path in packaged.rglob("*.so*")}
    left_to_apt = set(re.findall(r"^([\w.+-]+)", field(deb, "Depends").replace(", ", "\n"), re.M))
    wanted: dict[str, str] = {}
    for path in packaged.rglob("*.so*"):
        said = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True)
        for name in re.findall(r"NEEDED\s+(\S+)", said.stdout):
            wanted.setdefault(name, path.name)

    missing = {
        name: user
        for name, user in wanted.items()
        if name not in inside and not owners(name) & left_to_apt
    }

    assert missing == {}


def owners(library: str) -> set[str]:
    words = ["dpkg", "-S", f"*/{library}"]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return {line.partition(":")[0] for line in said.splitlines()}


def test_the_bill_names_what_is_inside(packaged: Path) -> None:
    bill = json.loads(next(packaged.parent.glob("*.cdx.json")).read_text(encoding="utf-8"))
    named = {each["name"].lower().replace("_", "-") for each in bill["components"]}

    inside = {
        path.stem.rpartition("-")[0].lower().replace("_", "-")
        for path in packaged.rglob("*.dist-info")
    }

    assert bill["bomFormat"] == "CycloneDX"
    assert inside - {"desktopproc"} <= named
    assert {"python", "qt"} <= named
    assert "pip" not in named


def test_no_place_of_the_build_machine_is_told(packaged: Path, deb: Path) -> None:
    places = re.compile(rb"(?<![\w.])/(work|root|home/\w+)/")
    texts = [path for path in packaged.rglob("*") if path.suffix in {".json", ".txt", ".conf"}]

    found = [path.name for path in texts if places.search(path.read_bytes())]

    assert found == []
    bill = next(packaged.parent.glob("*.cdx.json"))
    assert not places.search(bill.read_bytes())


def test_the_wording_of_every_language_is_as_babel_has_it(packaged: Path, tmp_path: Path) -> None:
    """What the package leaves out of Babel's data is nothing that the program asks for."""
    import babel

    code = (
        "import sys, datetime; from babel.localedata import locale_identifiers as all;"
        "from desktopproc.formats.billing.wording import Wording, currency_of\n"
        "day = datetime.date(2026, 5, 7)\n"
        "for name in sorted(all()):\n"
        "    w = Wording(name)\n"
        "    print(name, currency_of(name), [w.date(day, s) for s in "
        "('short', 'medium', 'long', 'full')], vars(w) if hasattr(w, '__dict__') else '')\n"
        "    import desktopproc.formats.billing.wording as m\n"
        "    print(m._affixes(name, 'EUR'), m._affixes(name, 'JPY'), m._percent(name))\n"
    )
    trimmed = tmp_path / "babel"
    shutil.copytree(Path(babel.__file__).parent, trimmed)
    shutil.rmtree(trimmed / "locale-data")
    shutil.copytree(packaged / "_internal" / "babel" / "locale-data", trimmed / "locale-data")

    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(path), "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for path in (tmp_path, ROOT)
    ]

    assert said[0] == said[1]
    assert said[0].count("\n") > 1000


@pytest.mark.outside
@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_finds_nothing_that_is_not_explained(deb: Path) -> None:
    words = ["lintian", "--allow-root", "--fail-on", "error,warning", str(deb)]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
