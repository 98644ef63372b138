"""Options: declared once, read from text, checked with a sentence, stored and read back."""

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import (
    Kind,
    build,
    check,
    describe,
    option,
    parse,
    schema_of,
    specs,
    to_plain,
)


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark-blue"


@dataclass(frozen=True, slots=True)
class Options:
    size: int = option(256, "Size", "Longest edge.", lo=16, hi=4096, unit="pixels")
    ratio: float = option(0.5, "Ratio", lo=0)
    name: str = option("x", "Name", pattern="[a-z]+", example="abc")
    colour: Colour = option(
        Colour.RED, "Colour", labels={"dark-blue": "Navy"}, aliases={"navy": "dark-blue"}
    )
    is_on: bool = option(default=False, label="On")
    width: int | None = option(None, "Width", lo=1)
    folder: Path = option(Path("/tmp"), "Folder")
    pages: tuple[int, ...] = option((), "Pages", lo=1)
    password: str = option("", "Password", kind=Kind.SECRET)


SPECS = {spec.name: spec for spec in specs(Options)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "512", 512),
        ("ratio", "1e-2", 0.01),
        ("name", "abc", "abc"),
        ("colour", "Dark-Blue", Colour.DARK_BLUE),
        ("colour", "navy", Colour.DARK_BLUE),
        ("is_on", "yes", True),
        ("is_on", "0", False),
        ("is_on", True, True),
        ("width", "none", None),
        ("width", None, None),
        ("width", "9", 9),
        ("folder", "/a/b", Path("/a/b")),
        ("pages", "1,2", (1, 2)),
        ("pages", [3], (3,)),
        ("pages", "", ()),
    ],
)
def test_text_becomes_a_value(name: str, text: object, value: object) -> None:
    assert parse(SPECS[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("size", "9", "--size cannot be 9. Give a whole number from 16 to 4096 (pixels)."),
        ("size", "big", "--size cannot be 'big'. Give a whole number from 16 to 4096 (pixels)."),
        ("size", None, "--size needs a value: a whole number from 16 to 4096 (pixels)."),
        ("size", "", "--size cannot be ''. Give a whole number from 16 to 4096 (pixels)."),
        ("ratio", "nan", "--ratio cannot be nan. Give a number of 0 or more."),
        ("ratio", "-1", "--ratio cannot be -1.0. Give a number of 0 or more."),
        ("name", "A1", "--name cannot be 'A1'. Give text, such as abc."),
        ("colour", "pink", "--colour cannot be 'pink'. Give one of red, dark-blue."),
        ("is_on", "perhaps", "--is-on cannot be 'perhaps'. Give yes or no."),
        ("pages", "1,0", "--pages cannot be 0. Give a whole number of 1 or more."),
    ],
)
def test_a_wrong_value_gets_a_sentence(name: str, text: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(SPECS[name], text)

    assert str(caught.value) == sentence


def test_every_field_has_a_spec_and_its_default_is_legal() -> None:
    assert list(SPECS) == [field.name for field in fields(Options)]
    for spec in SPECS.values():
        assert check(spec, spec.default) == spec.default
        assert describe(spec)
        assert schema_of(spec)["flag"] == spec.flag


def test_choices_have_labels() -> None:
    assert SPECS["colour"].choices == (("red", "Red"), ("dark-blue", "Navy"))


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(UsageError, match="There is no option 'sise'"):
        build(Options, {"sise": 1})


def test_a_secret_is_never_stored() -> None:
    assert "password" not in to_plain(Options(password="x"))


@given(
    size=st.integers(16, 4096),
    colour=st.sampled_from(Colour),
    width=st.none() | st.integers(1, 9999),
    pages=st.lists(st.integers(1, 99)).map(tuple),
)
def test_options_survive_being_stored(
    size: int, colour: Colour, width: int | None, pages: tuple[int, ...]
) -> None:
    options = Options(size=size, colour=colour, width=width, pages=pages)

    assert build(Options, to_plain(options)) == options
