"""Everything that README and guide tell people to type is typed here, page by page."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from desktopproc import ops
from desktopproc.cli import main
from desktopproc.core.errors import UsageError
from tests.word_files import p, word_bytes

ROOT = Path(__file__).resolve().parents[1]
GUIDE = sorted((ROOT / "resources" / "help").glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDE]
PAGES += sorted((ROOT / ".github").glob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")
KNOWN = {"sh", "text", "ini", "toml", "python"}
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page, each with the language that it says it is in."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def lines_of(page: Path) -> list[str]:
    """What a reader of the page is to type."""
    return [line for kind, text in blocks(page) if kind == "sh" for line in text.splitlines()]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the examples speak of, as small as they may be."""
    import pymupdf
    from PIL import Image

    folder = tmp_path_factory.mktemp("samples")
    for name in ("photos", "card", "reports", "letters", "scans", "inbox"):
        (folder / name).mkdir()
    for number in (1, 2):
        exif = Image.Exif()
        exif[0x0132] = exif.get_ifd(0x8769)[0x9003] = f"2026:0{number}:01 10:00:00"
        picture = Image.linear_gradient("L").resize((320 + number, 240)).convert("RGB")
        picture.save(folder / "photos" / f"photo-{number}.jpg", exif=exif)
    for place in ("card", "inbox"):
        shutil.copy(folder / "photos" / "photo-1.jpg", folder / place)
    for number in (1, 2):
        with pymupdf.open() as document:
            document.new_page().insert_text((72, 72), f"Report {number}", fontsize=24)
            document.save(folder / "reports" / f"report-{number}.pdf")
    with pymupdf.open(folder / "reports" / "report-1.pdf") as document:
        document[0].get_pixmap(dpi=75).save(folder / "scans" / "page.png")
    for word in (folder / "cover.docx", folder / "letters" / "letter.docx"):
        word.write_bytes(word_bytes(p("Dear reader")))
    (folder / "invoices.csv").write_text(
        "number,date,customer,description,quantity,price\n1,2026-05-01,Ann,Paper,2,3.50\n"
    )
    (folder / "password.txt").write_text("open sesame\n")
    return folder


@pytest.fixture
def environment(samples: Path, tmp_path: Path) -> dict[str, str]:
    """A user with these files at home, and nothing else."""
    home = tmp_path / "home"
    shutil.copytree(samples, home)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESKTOPPROC_", "XDG_"))}
    return kept | {
        "HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', '')}",
        "DESKTOPPROC_LIBREOFFICE": "none",  # slow, and tested elsewhere
        "DESKTOPPROC_CPU_WORKERS": "1",
    }


def typed(page: Path, environment: Mapping[str, str]) -> list[str]:
    """What a reader of the page types, in order: whole blocks, and each watch by itself."""
    lines = lines_of(page)
    if shutil.which("tesseract", path=environment["PATH"]) is None:
        lines = [line for line in lines if " ocr-pdf " not in line]
    parts = [""]
    for line in lines:
        if line.startswith("desktopproc watch "):
            parts += [line, ""]
        else:
            parts[-1] += line + "\n"
    return [part for part in parts if part.strip()]


def run(script: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=environment["HOME"],
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


def watch(line: str, environment: Mapping[str, str]) -> None:
    """Until the file that lies there was taken; then interrupted, as a person or systemd does."""
    watching = subprocess.Popen(
        ["bash", "-c", f"exec {line}"],
        cwd=environment["HOME"],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert watching.stderr is not None
    said = next((text for text in watching.stderr if text.startswith("Done: ")), "")
    watching.send_signal(signal.SIGTERM)
    watching.communicate(timeout=60)
    assert said, line
    assert watching.returncode == 130


@pytest.mark.parametrize("page", [page for page in GUIDE if lines_of(page)], ids=name_of)
def test_every_example_of_a_page_works_in_the_order_given(
    page: Path, environment: dict[str, str]
) -> None:
    parts = typed(page, environment)

    assert parts
    for part in parts:
        (watch if part.startswith("desktopproc watch ") else run)(part, environment)


def test_readme_and_timers_type_what_the_guide_types() -> None:
    """So that each command has to be run only once."""
    guide = " ; ".join(line for page in GUIDE for line in lines_of(page))
    readme = [line.partition("#")[0].strip() for line in lines_of(ROOT / "README.md")]
    scripting = blocks(ROOT / "resources" / "help" / "scripting.md")
    timers = [line.partition(".local/bin/")[2] for language, text in scripting
              if language in {"ini", "text"} for line in text.splitlines()]  # fmt: skip

    commands = [line for line in readme + timers if line]

    assert len(commands) >= 5
    assert [line for line in commands if line not in guide] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_hide_no_command_from_these_tests(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = FENCE.sub("", text)

    assert {language for language, _ in blocks(page)} <= KNOWN
    assert "```" not in prose
    for command in re.findall(r"`desktopproc ([^`]+)`", prose):
        assert is_command(command), command


def is_command(line: str) -> bool:
    """Whether a line begins as a command does; what follows may be words that stand for others."""
    commands = main.commands(lambda _paths, _operation: 0)
    words = line.split()
    groups = {name.split()[0] for name in commands}
    if words[0] in {"--help", "--version", "OPERATION"} | ops.load().keys():
        return True
    try:
        return words[0] in groups and (len(words) == 1 or main._find(commands, words) is not None)
    except UsageError:
        return False


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))

    missing = [
        target
        for target in targets
        if not target.startswith(("http:", "https:")) and not (page.parent / target).exists()
    ]

    assert missing == []
