"""What CONTRIBUTING.md says how to add is added to a copy of the program, which is used then."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
Run = Callable[..., str]


def example(heading: str) -> str:
    """The code below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (code,) = re.findall(r"^```(?:python|toml)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return str(code)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the sources, with the compiled ones, and its data files."""
    shutil.copytree(ROOT / "src" / "desktopproc", tmp_path / "src" / "desktopproc")
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    return tmp_path / "src" / "desktopproc"


@pytest.fixture
def run(program: Path, tmp_path: Path) -> Run:
    """The copy's command line, in `tmp_path`; answers what it says on stdout."""

    def run(*words: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DESKTOPPROC_")}
        environment |= {"PYTHONPATH": str(program.parent), "DESKTOPPROC_CPU_WORKERS": "1"}
        environment |= {"DESKTOPPROC_HOME": str(tmp_path / "home"), "DESKTOPPROC_PLAY_SOUND": "yes"}
        command = [sys.executable, "-m", "desktopproc", *words]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_an_operation_is_one_file(program: Path, run: Run, tmp_path: Path) -> None:
    (program / "ops" / "reverse_words.py").write_text(example("An operation"), encoding="utf-8")
    (tmp_path / "note.txt").write_text("one two three")

    run("reverse-words", "note.txt", "-o", "out", "--between", "-")

    assert (tmp_path / "out" / "note.txt").read_text() == "three-two-one"
    assert "  reverse-words " in run("--help")


def test_a_step_is_one_function(program: Path, run: Run, tmp_path: Path) -> None:
    from PIL import Image

    (program / "formats" / "steps" / "opposites.py").write_text(example("A step on photos"))
    Image.new("RGB", (8, 8), "white").save(tmp_path / "white.png")

    run("convert", "white.png", "-o", "out", "--format", "png", "--step", "negative")

    with Image.open(tmp_path / "out" / "white.png") as made:
        assert made.convert("RGB").getpixel((4, 4)) == (0, 0, 0)


def test_a_setting_is_one_field(program: Path, run: Run) -> None:
    file = program / "core" / "settings.py"
    text = file.read_text(encoding="utf-8")
    before = "    keep_days: int = option("
    assert before in text
    file.write_text(text.replace(before, example("A setting") + before), encoding="utf-8")

    answer = json.loads(run("settings", "get", "play_sound", "--json"))

    assert answer == {"name": "play_sound", "value": True, "origin": "environment"}


def test_a_language_of_documents_is_one_table(program: Path, run: Run, tmp_path: Path) -> None:
    import pymupdf

    template = tmp_path / "resources" / "templates" / "invoice.toml"
    text = template.read_text(encoding="utf-8")
    template.write_text(f"{text}\n{example('A language')}", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("number,customer,description,price\n1,Ann,Paper,3.50\n")

    run("invoice", "rows.csv", "-o", "out", "--locale", "pl_PL", "--make", "first")

    (made,) = (tmp_path / "out").iterdir()
    with pymupdf.open(made) as document:
        words = document[0].get_text()
    assert "Faktura" in words
    assert "Description" in words  # which stands in
