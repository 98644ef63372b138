"""Running a command again: what is there is found, and said; what changed is made."""

from pathlib import Path

from PIL import Image

from tests.cli.conftest import Cli


def photos(folder: Path, count: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        Image.new("RGB", (64, 48), (40 * number, 90, 20)).save(folder / f"{number}.jpg")


def test_a_repeated_command_makes_nothing_and_says_so(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "in", 3)
    words = ("thumbnail", "in", "-o", "out")
    first = cli(*words)
    Image.new("RGB", (64, 48), "white").save(tmp_path / "in" / "0.jpg")

    again = cli(*words, "--json").json

    assert first.out.startswith("3 done in ")
    assert sorted(job["cached"] for job in again["jobs"]) == [False, True, True]
    assert cli(*words).out.startswith("3 done (3 made before) in ")
    assert cli(*words, "--no-cache").out.startswith("3 done in ")
    assert [job["cached"] for job in cli("queue", "list", "--batch", "3", "--json").json["jobs"]]


def test_another_version_of_a_library_makes_everything_anew(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "in", 1)
    newer = tmp_path / "newer" / "pillow-99.0.dist-info"
    newer.mkdir(parents=True)
    (newer / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 99.0\n")
    words = ("thumbnail", "in", "-o", "out", "--json")
    environment = {"PYTHONPATH": str(newer.parent)}
    cli(*words)

    other, again = (cli(*words, env=environment).json["jobs"][0] for _ in range(2))

    assert not other["cached"]
    assert again["cached"]


def test_another_outside_program_makes_its_results_anew(cli: Cli, tmp_path: Path) -> None:
    programs = []
    for name in ("one", "two"):
        program = tmp_path / name / "soffice"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        program.chmod(0o755)
        programs.append({"DESKTOPPROC_LIBREOFFICE": str(program)})
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg")
    words = ("contact-sheet", "a.jpg", "-o", "out", "--json")

    seen = [cli(*words, env=programs[number]).json["jobs"][0] for number in (0, 0, 1, 1)]

    assert [job["cached"] for job in seen] == [False, True, False, True]


def test_copies_of_a_photo_are_worked_on_once(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "in", 1)
    for number in range(1, 5):
        (tmp_path / "in" / f"copy {number}.jpg").write_bytes((tmp_path / "in/0.jpg").read_bytes())

    answer = cli("convert", "in", "-o", "out", "--format", "png", "--json").json

    assert sorted(job["cached"] for job in answer["jobs"]) == [False, True, True, True, True]
    made = {path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(made) == 1
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_what_is_kept_is_told_and_can_be_removed(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "in", 2)
    words = ("convert", "in", "--format", "png", "--json", "-o")
    cli(*words, "out")
    kept = cli("queue", "clear", "--cache", "--json")
    told = cli("doctor", "--json").json["cache"]

    (again, _) = cli(*words, "elsewhere").json["jobs"]

    assert kept.json["freed_bytes"] > 0
    assert told == {"kept_mb": 0, "limit_mb": 2048}
    assert not again["cached"]
    assert cli("queue", "list", "--json").json["counts"]["done"] == 4
    assert cli("queue", "clear", "--cache", "--state", "done").code == 2


def test_a_copied_photo_with_a_text_on_it_is_its_own(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "in", 1)
    (tmp_path / "in" / "b.jpg").write_bytes((tmp_path / "in" / "0.jpg").read_bytes())
    step = "watermark:text={stem},size=50"

    answer = cli("convert", "in", "-o", "out", "--format", "png", "--step", step, "--json").json

    assert [job["cached"] for job in answer["jobs"]] == [False, False]
    assert len({path.read_bytes() for path in (tmp_path / "out").iterdir()}) == 2
