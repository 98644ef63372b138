"""Names of outputs: whatever the metadata says, they stay inside and differ from each other."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Facts
from desktopproc.engine.names import FIELDS, Template, check_template, key_of, numbered

PHOTO = Facts(
    Path("/photos/trip/IMG_0412.JPG"),
    width=4000,
    height=3000,
    taken="2024-05-31T14:03:09",
    make="Canon",
    model="Canon EOS R5",
    latitude=48.1374,
    longitude=-11.5755,
)


def expand(template: str, facts: Facts = PHOTO, counter: int = 7) -> str:
    return Template(template).expand(facts, suffix=".webp", counter=counter, operation="convert")


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{stem}", "IMG_0412"),
        ("{stem}_{ext}", "IMG_0412_webp"),
        ("{date}_{time}_{camera}", "2024-05-31_140309_Canon EOS R5"),
        ("{year}/{month}/{day}/{stem}", "2024/05/31/IMG_0412"),
        ("{make}-{model}", "Canon-Canon EOS R5"),
        ("{width}x{height}", "4000x3000"),
        ("{parent}-{counter}", "trip-7"),
        ("{counter:04}", "0007"),
        ("{operation}-{pages}", "convert-"),
        ("fixed", "fixed"),
        ("{hour}.{minute}.{second}", "14.03.09"),
        ("{latitude} {longitude}", "48.1N 11.6W"),
        ("{year|no date}/{pages|none}", "2024/none"),
    ],
)
def test_templates(template: str, name: str) -> None:
    assert expand(template) == name


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{year|no date}/{year}-{month}/{stem}", "no date/b"),
        ("{year}/{stem}", "b"),
        ("{camera|unknown camera}/{year|no date}-{month}/{stem}", "unknown camera/no date/b"),
        ("Photos/{year}/{stem}", "Photos/b"),
        ("{latitude|no position} {longitude}/{stem}", "no position/b"),
    ],
)
def test_folders_named_by_what_is_not_known_are_left_out(template: str, name: str) -> None:
    assert expand(template, Facts(Path("/a/b"))) == name


@pytest.mark.parametrize("template", ["{year|a/b}", "{year|..}", "{year|a[0]}", "{nothing|x}"])
def test_what_stands_in_for_a_field_is_plain_words(template: str) -> None:
    with pytest.raises(UsageError):
        check_template(template)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_works_without_any_metadata(field: str) -> None:
    assert expand("x{" + field + "}", Facts(Path("/a/b")))


def test_an_empty_name_is_called_unnamed() -> None:
    assert expand("{date}", Facts(Path("/a/b"))) == "unnamed"


@given(st.text(), st.text(), st.text())
def test_hostile_metadata_never_leaves_the_folder(make: str, model: str, taken: str) -> None:
    facts = Facts(Path("/a/b.jpg"), make=make, model=model, taken=taken)

    name = Template("{camera}{make}{model}{date}").expand(
        facts, suffix=".jpg", counter=1, operation="x"
    )

    assert name not in {"", ".", ".."}
    assert len(name.encode("utf-8", "surrogatepass")) <= 255
    assert not set(name) & set("/\0\n\r")


@given(st.text(min_size=1))
def test_any_template_is_refused_or_stays_inside(template: str) -> None:
    try:
        check_template(template)
    except UsageError:
        return

    made = Path("/out") / expand(template)

    assert ".." not in made.parts
    assert made.is_relative_to("/out")


def test_case_and_unicode_form_make_no_difference() -> None:
    assert key_of(Path("A/É.JPG")) == key_of(Path("a/e\u0301.jpg"))
    assert key_of(Path("a.jpg")) != key_of(Path("b.jpg"))


def test_numbers_come_before_the_suffix() -> None:
    assert numbered(Path("out/a.tar.gz"), 2) == Path("out/a.tar (2).gz")
    assert numbered(Path("out/a.jpg"), 1) == Path("out/a.jpg")


def test_a_long_name_is_cut_between_characters() -> None:
    facts = Facts(Path("/a/" + "ä" * 127 + ".jpg"))

    name = expand("{stem}", facts)

    assert len(name.encode()) <= 255 - len(".webp")
    assert set(name) == {"ä"}
