"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
CODE = [file for file in SOURCES if file.name != "__init__.py"]
FORBIDDEN = {
    *("utils", "util", "helpers", "helper", "common", "constants"),
    *("managers", "services", "controllers"),
}
HEAVY = ("PIL", "pymupdf", "pypdfium2", "pikepdf", "docx", "lxml", "numpy", "PySide6")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT / "src"))


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_a_module_is_one_idea_that_fits_its_page(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    first_line = (ast.get_docstring(tree) or "").partition("\n")[0]
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert first_line.endswith("."), "opens with a sentence that says what it does"
    assert len(text.splitlines()) <= 400
    assert file.stem not in FORBIDDEN
    too_long = [f.name for f in functions if _length(f) > 40]
    assert not too_long


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_worker_processes_load_no_qt_and_operations_nothing_heavy() -> None:
    code = (
        "import sys, desktopproc.engine.worker; from desktopproc import ops; ops.load();"
        f"print(*({HEAVY!r} & sys.modules.keys()))"
    ).replace(repr(HEAVY), repr(set(HEAVY)))

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_each_runtime_dependency_says_why_it_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    decisions = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    extras = [name for group in project.get("optional-dependencies", {}).values() for name in group]

    names = {
        re.split(r"[ <>=;\[]", line, maxsplit=1)[0] for line in project["dependencies"] + extras
    }

    assert {name for name in names if f"| {name} |" not in decisions} == set()


def test_each_runtime_dependency_is_locked_for_packages() -> None:
    """`make lock` writes the file; without it a package is built that misses something."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "packaging" / "locked.txt").read_text(encoding="utf-8").lower()

    names = {re.split(r"[ <>=;\[]", line, maxsplit=1)[0] for line in project["dependencies"]}

    assert {name for name in names if f"\n{name.lower()}==" not in locked} == set()


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert text.startswith(" " * 20 + "GNU AFFERO GENERAL PUBLIC LICENSE\n")
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.splitlines()) == 661


def test_what_the_readme_says_to_type_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    targets = set(re.findall(r"\bmake ([a-z]+)", readme))

    assert targets >= {"install", "run", "test"}
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()


def test_nothing_speaks_of_one_machine() -> None:
    tracked = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in tracked.stdout.decode().split("\0") if name]
    here = re.compile(rb"(?<![\w.])/(work|root|home/\w+)/")

    found = [file for file in files if file.is_file() and here.search(file.read_bytes())]

    assert found == []
