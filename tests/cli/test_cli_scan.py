"""`scan`, `operations` and `doctor`: the shapes that scripts rely on."""

import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from site import getsitepackages as site_packages

import pytest

from desktopproc import ops
from desktopproc.cli.scanning import look_at
from desktopproc.core.errors import StartError
from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]
FILE = {"path", "kind", "format", "bytes", "width", "height", "pages", "taken", "make", "model"}
FILE |= {"orientation", "latitude", "longitude", "error"}
OPTION = {"name", "flag", "kind", "label", "help", "default", "optional", "many", "min", "max"}


def test_scan_has_one_record_for_each_file(cli: Cli, tmp_path: Path, corpus: Path) -> None:
    photo = next(file for file in sorted((corpus / "photos").rglob("*.jpg")) if file.is_file())
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")

    answer = cli("scan", photo, "note.txt", "gone.pdf", "--json")

    by_name = {Path(record["path"]).name: record for record in answer.json["files"]}
    assert answer.code == 1  # one of them is not there
    assert all(set(record) >= FILE for record in by_name.values())
    assert by_name[photo.name]["kind"] == "photo"
    assert by_name[photo.name]["bytes"] == photo.stat().st_size
    assert by_name["note.txt"]["error"] is None
    assert by_name["gone.pdf"]["error"]["code"] == "missing"
    assert answer.json["counts"]["files"] == 3
    assert answer.json["counts"]["errors"] == 1


def test_a_name_that_no_file_can_have_is_one_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")

    answer = cli("scan", "note.txt", "a" * 300, "--json")

    assert answer.code == 1
    assert [file["error"] is None for file in answer.json["files"]] == [True, False]


def test_a_bug_while_looking_is_told_in_the_list_and_in_the_log(
    cli: Cli, tmp_path: Path, environment: dict[str, str]
) -> None:
    broken = tmp_path / "broken" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text("import heapq; heapq.merge = None\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("hello", encoding="utf-8")
    path = os.pathsep.join([str(broken.parent), environment.get("PYTHONPATH", "")])

    good = cli("scan", "in", "--json")
    assert not (tmp_path / "home").exists()
    bad = cli("scan", "in", "--json", env={"PYTHONPATH": path})

    assert (good.code, bad.code) == (0, 1)
    assert [file["error"]["code"] for file in bad.json["files"]] == ["unexpected"]
    assert "Traceback" not in bad.err
    log = tmp_path / "home" / "logs" / "desktopproc.log"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_where_no_thread_can_be_started_nothing_is_said_to_be_complete() -> None:
    class Exhausted:
        def submit(self, _work: Callable[[], object]) -> None:
            raise RuntimeError("can't start new thread")

    with pytest.raises(StartError, match="thread"):
        look_at(["."], Exhausted(), threads=1)


def test_operations_tell_their_options(cli_here: Cli) -> None:
    listed = cli_here("operations", "--json").json["operations"]

    assert [operation["name"] for operation in listed] == list(ops.load())
    for operation in listed:
        assert operation["takes"]
        assert operation["help"].endswith(".")
        assert all(set(option) >= OPTION for option in operation["options"])


def test_every_operation_has_a_help_page_with_its_flags(cli_here: Cli) -> None:
    for operation in cli_here("operations", "--json").json["operations"]:
        page = cli_here(operation["name"], "--help").out

        assert operation["help"].split()[0] in page
        assert all(option["flag"] in page for option in operation["options"])
        assert all(flag in page for flag in ("--preset", "--workers", "--dry-run", "--json"))


def test_doctor_finds_nothing_wrong_here(cli: Cli, tmp_path: Path) -> None:
    answer = cli("doctor", "--json")

    assert answer.code == 0
    assert answer.json["problems"] == []
    assert answer.json["home"]["config"] == str(tmp_path / "home" / "config")
    assert None not in answer.json["libraries"].values()


def test_doctor_names_each_library_and_what_is_lost_without_it(cli_here: Cli) -> None:
    found = cli_here("doctor", "--json").json
    lines = cli_here("doctor").out.splitlines()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[ <>=;]", line)[0] for line in project["dependencies"]}
    named = itertools.chain.from_iterable(project["optional-dependencies"].values())
    extras = {re.split(r"[ <>=;]", one)[0] for one in named}
    assert found["libraries"].keys() == needed | {"libvips"}
    assert found["optional"].keys() == extras | {"libturbojpeg"}
    assert all(found["libraries"].values())
    for name, part in found["optional"].items():
        assert (part["version"] is None) is (part["advice"] is not None)
        (line,) = [line for line in lines if line.startswith(f"optional {name} ")]
        assert (part["version"] or part["advice"]) in line


def test_doctor_tells_how_to_get_an_extra_that_is_not_there(
    cli: Cli, tmp_path: Path, environment: dict[str, str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for place in map(Path, site_packages()):
        for item in place.iterdir():
            if not item.name.lower().startswith(("rawpy", "pillow_jxl")):
                (site / item.name).symlink_to(item)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "desktopproc", "doctor", "--json"],
        env={**environment, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(site)])},
        capture_output=True,
        check=True,
    )

    found = json.loads(done.stdout)

    assert found["optional"]["rawpy"]["version"] is None
    assert found["optional"]["rawpy"]["advice"].endswith("pip install 'desktopproc[raw]'")
    assert found["problems"] == []


def test_doctor_says_what_is_wrong(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    answer = cli("doctor", env={"DESKTOPPROC_HOME": str(tmp_path / "file" / "home")})

    assert answer.code == 3
    assert "cannot be made" in answer.out
