"""The packaged program does what the program does: every operation, every library, every text."""

import sys
from pathlib import Path

import pytest

from desktopproc import __version__, ops
from desktopproc.engine.components import components
from desktopproc.formats.steps import load as load_steps
from tests.ops.test_convert_raw import dng
from tests.package.conftest import Run

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]


def test_version_operations_and_steps_are_those_of_the_source(run: Run) -> None:
    told = run("--version")
    listed = run("operations", "--json")
    steps = run("operations", "convert", "--json")

    assert told.out == f"desktopproc {__version__}\n"
    assert {each["name"] for each in listed.json["operations"]} == set(ops.load())
    assert all(name in steps.out for name in load_steps())


def test_it_finds_nothing_missing(run: Run) -> None:
    answer = run("doctor", "--json")

    assert answer.json["problems"] == []
    assert None not in answer.json["libraries"].values()
    assert answer.json["optional"]["rawpy"]["version"]
    assert answer.json["optional"]["pillow-jxl-plugin"]["version"]


def test_one_job_of_every_operation_is_done(run: Run, tmp_path: Path) -> None:
    answer = run("demo", "--output", "demo", "--json")

    assert answer.code == 0, answer.err
    done = {job["operation"] for job in answer.json["jobs"] if job["state"] == "done"}
    assert done >= set(ops.load()) - {"ocr-pdf"}  # which may have no engine here
    made = [Path(path) for job in answer.json["jobs"] for path in job["outputs"]]
    assert made
    assert all(path.exists() for path in made)


def test_photos_of_all_kinds_become_what_the_source_makes_of_them(
    run: Run, run_source: Run, corpus: Path, tmp_path: Path
) -> None:
    one_of_a_kind = {
        path.suffix.lower(): path
        for path in sorted((corpus / "photos").rglob("*"))
        if path.is_file()
    }
    photos = list(one_of_a_kind.values())
    words = ["convert", *photos, "--format", "png", "--json"]

    packaged = run(*words, "-o", "packaged")
    source = run_source(*words, "-o", "source")

    assert states(packaged.json) == states(source.json)
    assert contents(tmp_path / "packaged") == contents(tmp_path / "source")
    assert {"state": "done"}.items() <= next(
        job for job in packaged.json["jobs"] if job["input"].lower().endswith(".heic")
    ).items()


def test_camera_raw_photos_are_developed(run: Run, run_source: Run, tmp_path: Path) -> None:
    (tmp_path / "a.dng").write_bytes(dng((1200, 900)))
    words = ["convert", "a.dng", "--raw", "develop", "--format", "png", "--json"]

    packaged = run(*words, "-o", "packaged")
    run_source(*words, "-o", "source")

    assert packaged.code == 0, packaged.err
    assert len(contents(tmp_path / "packaged")) == 1
    assert contents(tmp_path / "packaged") == contents(tmp_path / "source")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "tiff", "jxl", "gif", "pdf"])
def test_photos_become_every_format(run: Run, run_source: Run, tmp_path: Path, kind: str) -> None:
    from PIL import Image

    Image.effect_noise((320, 200), 60).convert("RGB").save(tmp_path / "a.png")
    words = ["convert", "a.png", "--format", kind, "--json"]

    packaged = run(*words, "-o", "packaged")
    run_source(*words, "-o", "source")

    assert packaged.code == 0, packaged.err
    made = contents(tmp_path / "packaged")
    if kind != "pdf":  # which says when it was made
        assert made == contents(tmp_path / "source")
    assert len(made) == 1


def test_documents_become_what_the_source_makes_of_them(
    run: Run, run_source: Run, corpus: Path, tmp_path: Path
) -> None:
    files = [*sorted((corpus / "docx").glob("*.docx"))[:6], *sorted((corpus / "pdf").glob("*"))[:9]]
    words = ["extract-text", *files, "--json"]

    packaged = run(*words, "-o", "packaged")
    source = run_source(*words, "-o", "source")

    assert states(packaged.json) == states(source.json)
    assert contents(tmp_path / "packaged") == contents(tmp_path / "source")


def test_every_part_has_its_licence(run: Run) -> None:
    answer = run("licences", "--json")
    qt = run("licences", "qt")
    own = run("licences", "desktopproc")

    found = {each["name"]: each for each in answer.json["components"]}
    assert {each.name for each in components()} <= set(found)
    assert {"Python", "Qt"} <= set(found)
    assert all(each["licence"] for each in found.values())
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.out
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in own.out


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the program")
def test_programs_of_others_do_not_see_that_it_is_packaged(run: Run, tmp_path: Path) -> None:
    spy = tmp_path / "tesseract"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\necho tesseract 5.3.0\n")
    spy.chmod(0o755)

    run("doctor", more={"DESKTOPPROC_TESSERACT": str(spy), "LD_LIBRARY_PATH": "/opt/mine"})

    seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
    assert seen["LD_LIBRARY_PATH"] == "/opt/mine"
    assert not [name for name in seen if name.startswith(("_PYI", "LD_LIBRARY_PATH_", "QT_"))]


def states(report: dict[str, list[dict[str, object]]]) -> list[tuple[str, str]]:
    return sorted((str(job["input"]), str(job["state"])) for job in report["jobs"])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
