"""Presets as files: built-in and the user's, old and new versions, whole or not at all."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktopproc import ops
from desktopproc.core.errors import OutputError, UsageError
from desktopproc.core.job import Conflict, Family
from desktopproc.core.operation import Operation, Steps, Work, described_in, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.resources import resources
from desktopproc.core.schema import Kind, build, option
from desktopproc.core.steps import Step, StepCodec, StepKind, step, steps_in
from desktopproc.engine import presets
from desktopproc.engine.home import Home
from desktopproc.engine.preset_versions import VERSION, migrated
from desktopproc.engine.presets import Preset

OPERATIONS = ops.load()
BUILT_IN = sorted(resources("presets").glob("*.toml"))
VERSION_1 = """\
operation = "thumbnail"

[options]
size = 100
format = "jpg"
quality = 80
fast = false

[output]
folder = "/tmp/small"
on_conflict = "skip"
"""


@dataclass(frozen=True, slots=True)
class Mark:
    text: str = option("", "Text")
    tile: bool = option(default=False, label="Tile")


@step("mark", title="Mark", group="Marks", options=Mark)
def mark(picture: object, _options: Mark, _scene: object) -> object:
    """Write a text on the picture."""
    return picture


def _kinds() -> dict[str, StepKind]:
    return {kind.name: kind for kind in steps_in(globals())}


@dataclass(frozen=True, slots=True)
class Copy:
    width: int | None = option(640, "Width", lo=1)
    steps: tuple[Step, ...] = option(
        (), "Steps", kind=Kind.STEPS, singular="step", codec=StepCodec(_kinds)
    )


@dataclass(frozen=True, slots=True)
class Options(Copy):
    also: tuple[Copy, ...] = option((), "Also", kind=Kind.RECORDS, codec=RecordCodec(Copy))
    title: str = option("", "Title")


@operation("stack", title="Stack", takes=[Family.PHOTO], gives=".jpg", options=Options, group="T")
def stack(work: Work[Options]) -> Steps:
    """Nothing; only its options are used."""
    yield 1, 1


STACK: Mapping[str, Operation] = {op.name: op for op in described_in(globals())}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})


@pytest.fixture
def small() -> Preset:
    """A preset of the user's."""
    options: object = build(OPERATIONS["thumbnail"].options, {"size": 100})
    return Preset("small", "thumbnail", options, Path("/tmp/small"), {"on_conflict": Conflict.SKIP})


def put(home: Home, name: str, text: str) -> Path:
    """A file among the user's presets."""
    home.presets.mkdir(parents=True, exist_ok=True)
    file = home.presets / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda file: file.stem)
def test_every_builtin_preset_fits_its_operation_and_explains_itself(
    file: Path, home: Home
) -> None:
    preset = presets.load(home, file.stem, OPERATIONS)

    assert preset.is_builtin
    assert preset.title
    assert preset.help.endswith(".")
    assert preset.name == preset.title.lower().replace(" ", "-"), "found by its title, too"
    assert preset.folder is None
    assert tomllib.loads(file.read_text(encoding="utf-8"))["version"] == VERSION


def test_builtin_presets_come_first_and_the_users_after_them(home: Home, small: Preset) -> None:
    presets.save(home, replace(small, name="Aardvark"))

    listed = presets.listed(home, OPERATIONS)

    builtin = [file.stem for file in BUILT_IN]
    assert [preset.name for preset in listed] == [*builtin, "Aardvark"]
    assert [preset.is_builtin for preset in listed] == [True] * len(builtin) + [False]
    assert presets.names(home) == [*builtin, "Aardvark"]
    assert presets.problems(home, OPERATIONS) == []


def test_a_broken_preset_hides_no_other_and_is_told(home: Home, small: Preset) -> None:
    presets.save(home, small)
    file = put(home, "broken.toml", "operation = ")

    listed = [preset.name for preset in presets.listed(home, OPERATIONS)]
    (problem,) = presets.problems(home, OPERATIONS)

    assert "small" in listed
    assert "broken" not in listed
    assert str(file) in problem
    assert "Mend or remove it." in problem


def test_a_saved_preset_is_read_back_as_it_was(home: Home, small: Preset) -> None:
    preset = replace(small, title="Small ones", help="For the wall.")

    presets.save(home, preset)

    assert presets.load(home, "small", OPERATIONS) == preset


def test_steps_and_further_outputs_are_readable_and_come_back(home: Home) -> None:
    options = build(
        Options,
        {
            "title": "after the tables",
            "steps": ["mark:text=(c) Ann", 'mark:text="a, b",tile'],
            "also": [{"width": "none", "steps": ["mark:tile"]}, {"width": 80}],
        },
    )

    file = presets.save(home, Preset("stacked", "stack", options))

    text = file.read_text(encoding="utf-8")
    assert '    "mark:text=(c) Ann",\n' in text, "one step a line"
    assert text.count("[[options.also]]") == 2
    assert presets.load(home, "stacked", STACK).options == options


def test_a_preset_of_an_earlier_version_is_understood_and_left_as_it_is(
    home: Home, small: Preset
) -> None:
    file = put(home, "small.toml", VERSION_1)

    preset = presets.load(home, "small", OPERATIONS)
    unchanged = file.read_text(encoding="utf-8")
    presets.save(home, preset)

    assert preset == small
    assert unchanged == VERSION_1
    assert tomllib.loads(file.read_text(encoding="utf-8"))["version"] == VERSION
    assert presets.load(home, "small", OPERATIONS) == preset


def test_a_preset_of_a_later_version_is_refused_with_what_to_do(home: Home) -> None:
    put(home, "future.toml", f"version = {VERSION + 1}\n" + VERSION_1)

    with pytest.raises(UsageError, match=f"has version {VERSION + 1}.* Update desktopproc"):
        presets.load(home, "future", OPERATIONS)


@pytest.mark.parametrize("version", ["0", "-1", '"2"', "true", "1.5", "[1]"])
def test_a_version_that_is_none_is_refused(home: Home, version: str) -> None:
    put(home, "odd.toml", f"version = {version}\n" + VERSION_1)

    with pytest.raises(UsageError, match="'version' cannot be"):
        presets.load(home, "odd", OPERATIONS)


def test_migrations_run_in_order_from_the_version_of_the_file() -> None:
    steps = [lambda t: {**t, "said": t["said"] + "b"}, lambda t: {**t, "said": t["said"] + "c"}]

    assert migrated({"said": "a"}, steps) == {"said": "abc", "version": 3}
    assert migrated({"said": "a", "version": 2}, steps) == {"said": "ac", "version": 3}
    assert migrated({"said": "a", "version": 3}, steps) == {"said": "a", "version": 3}


@pytest.mark.parametrize("name", ["web", "WEB", "E-Mail"])
def test_a_builtin_preset_cannot_be_saved_over_deleted_or_renamed(
    home: Home, small: Preset, name: str
) -> None:
    for change in (
        lambda: presets.save(home, replace(small, name=name)),
        lambda: presets.delete(home, name),
        lambda: presets.rename(home, name, "other"),
        lambda: presets.clone(home, "web", name, OPERATIONS),
    ):
        with pytest.raises(UsageError, match=r"is built in\. [A-Z].*\.$"):
            change()

    assert not home.presets.exists()


def test_a_clone_of_a_builtin_preset_is_the_users_own(home: Home) -> None:
    builtin = presets.load(home, "Web", OPERATIONS)

    made = presets.clone(home, "web", "My web", OPERATIONS)
    presets.rename(home, "my WEB", "Ours")

    ours = presets.load(home, "ours", OPERATIONS)
    assert (made.name, made.title, made.is_builtin) == ("My web", "", False)
    assert (ours.name, ours.options) == ("Ours", builtin.options)
    assert "My web" not in presets.names(home)
    presets.delete(home, "OURS")
    assert "Ours" not in presets.names(home)


def test_no_preset_takes_the_name_of_another(home: Home, small: Preset) -> None:
    presets.save(home, small)
    presets.save(home, replace(small, name="large", folder=None))

    for change in (
        lambda: presets.rename(home, "large", "Small"),
        lambda: presets.clone(home, "web", "SMALL", OPERATIONS),
    ):
        with pytest.raises(UsageError, match="There is a preset 'small' already"):
            change()

    assert presets.load(home, "small", OPERATIONS) == small


def test_other_letters_make_no_second_preset(home: Home, small: Preset) -> None:
    presets.save(home, small)

    presets.save(home, replace(small, name="SMALL", help="The newer one."))
    presets.rename(home, "small", "Small")

    assert [file.name for file in home.presets.iterdir()] == ["Small.toml"]
    assert presets.load(home, "small", OPERATIONS).help == "The newer one."


def test_an_older_preset_of_the_user_keeps_a_name_that_is_built_in_now(home: Home) -> None:
    put(home, "web.toml", VERSION_1)

    preset = presets.load(home, "web", OPERATIONS)
    (problem,) = presets.problems(home, OPERATIONS)
    presets.rename(home, "web", "mine")

    assert (preset.operation, preset.is_builtin) == ("thumbnail", False)
    assert problem.startswith("Your preset 'web' hides the built-in one")
    assert presets.load(home, "web", OPERATIONS).is_builtin
    assert presets.problems(home, OPERATIONS) == []


@pytest.mark.parametrize("name", ["", ".", "../up", "a/b", "a\\b", "two\nlines", ".hidden", "end."])
def test_a_name_that_is_no_file_name_is_refused(home: Home, small: Preset, name: str) -> None:
    for use in (
        lambda: presets.save(home, replace(small, name=name)),
        lambda: presets.load(home, name, OPERATIONS),
        lambda: presets.delete(home, name),
    ):
        with pytest.raises(UsageError, match="cannot be called"):
            use()


def test_a_preset_that_cannot_be_written_leaves_the_old_one(home: Home, small: Preset) -> None:
    file = presets.save(home, small)
    before = file.read_bytes()
    odd = replace(small, folder=Path(os.fsdecode(b"/tmp/\xff")))

    with pytest.raises(UsageError, match="bytes that are no text"):
        presets.save(home, odd)

    assert file.read_bytes() == before
    assert list(home.presets.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, small: Preset) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match="cannot be written"):
        presets.write(tmp_path / "file" / "small.toml", small)


NONSENSE = {
    "steps = 3": "There is no step '3'",
    "also = [3]": "There is no '3' here",
    'also = "width=0"': "--width cannot be 0",
    "also = [{width = []}]": r"--width cannot be '\[\]'",
    "steps = ['blur']": "There is no step 'blur'. There are: mark",
}


@pytest.mark.parametrize("line", NONSENSE)
def test_nonsense_in_a_file_is_told_in_a_sentence(home: Home, line: str) -> None:
    put(home, "odd.toml", f'operation = "stack"\n[options]\n{line}\n')

    with pytest.raises(UsageError, match=NONSENSE[line]):
        presets.load(home, "odd", STACK)
