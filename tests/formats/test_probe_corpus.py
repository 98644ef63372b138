"""On real files, what phase 1 tells agrees with exiftool; no file raises."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.job import Facts, Family
from desktopproc.formats.probe import probe

Told = dict[str, Any]

SAME_FORMAT = {"extended webp": "webp", "apng": "png", "mpo": "jpeg", "btf": "tiff"}
MISTAKEN = {"CUR", "ACR", "TXT", "TAR", "HTML", "PDF"}  # exiftool's word for a Targa or no photo


@pytest.fixture(scope="module")
def pairs(corpus: Path) -> list[tuple[str, Told, Facts]]:
    """Each photo of the corpus: its path, what exiftool tells, what we tell."""
    expected: dict[str, Told] = json.loads((corpus / "expected" / "exif.json").read_text("utf-8"))
    there = {name: told for name, told in expected.items() if (corpus / name).is_file()}
    return [(name, told, probe(corpus / name)) for name, told in there.items()]


def exif_of(told: Told) -> Told:
    found = told.get("exif_only", {})
    return found if isinstance(found, dict) else {}


def text(value: object) -> str | None:
    return re.sub(r"[\x00-\x20\x7f-\xa0]+", " ", str(value)).strip() or None if value else None


def date(told: Told) -> str | None:
    for name in ("DateTimeOriginal", "CreateDate", "ModifyDate"):
        parts = re.match(
            r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)", str(told.get(name))
        )
        if parts:
            try:
                return datetime(*map(int, parts.groups())).isoformat()  # type: ignore[arg-type]
            except ValueError:
                continue
    return None


def position(told: Told) -> tuple[float, float] | None:
    sides = (told.get("GPSLatitudeRef"), told.get("GPSLongitudeRef"))
    angles = (told.get("GPSLatitude"), told.get("GPSLongitude"))
    if not all(isinstance(angle, int | float) for angle in angles) or None in sides:
        return None
    latitude, longitude = (float(angle) for angle in angles if angle is not None)
    if latitude > 90 or longitude > 180:
        return None
    signed = (
        -latitude if sides[0] == "S" else latitude,
        -longitude if sides[1] == "W" else longitude,
    )
    return round(signed[0], 6) + 0, round(signed[1], 6) + 0


def our_position(facts: Facts) -> tuple[float, float] | None:
    if facts.latitude is None or facts.longitude is None:
        return None
    return round(facts.latitude, 6) + 0, round(facts.longitude, 6) + 0


def size(told: Told) -> tuple[int, int] | None:
    return (told["ImageWidth"], told["ImageHeight"]) if told.get("ImageHeight") else None


def orientation(told: Told) -> int | None:
    value = exif_of(told).get("Orientation")
    return value if value in range(1, 9) else None


QUESTIONS: dict[str, tuple[Callable[[Told], Any], Callable[[Facts], Any]]] = {
    "size": (size, lambda facts: (facts.width, facts.height) if facts.width else None),
    "orientation": (orientation, lambda facts: facts.orientation),
    "make": (lambda told: text(exif_of(told).get("Make")), lambda facts: facts.make),
    "model": (lambda told: text(exif_of(told).get("Model")), lambda facts: facts.model),
    "taken": (lambda told: date(exif_of(told)), lambda facts: facts.taken),
    "position": (lambda told: position(exif_of(told)), our_position),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("folder", "least"), [("photos/", 0.99), ("photos-broken/", 0.96)])
def test_we_agree_with_exiftool(
    pairs: list[tuple[str, Told, Facts]], question: str, folder: str, least: float
) -> None:
    theirs, ours = QUESTIONS[question]
    asked = [
        (name, theirs(told), ours(facts))
        for name, told, facts in pairs
        if name.startswith(folder)
        and told.get("FileType", "TXT") not in MISTAKEN
        and (question != "size" or theirs(told) is not None)
    ]

    differing = [row for row in asked if row[1] != row[2]]

    assert len(asked) > 150
    assert 1 - len(differing) / len(asked) >= least, differing


def test_every_photo_is_recognised_with_its_format(pairs: list[tuple[str, Told, Facts]]) -> None:
    asked = [row for row in pairs if row[1].get("FileType", "TXT") not in MISTAKEN]
    wrong = [
        (name, facts.format, told["FileType"])
        for name, told, facts in asked
        if SAME_FORMAT.get(told["FileType"].lower(), told["FileType"].lower()) != facts.format
    ]

    assert len(asked) > 800
    assert len(wrong) <= 3, wrong
    assert all(facts.kind is Family.PHOTO for name, _, facts in asked if name.startswith("photos/"))


def test_no_healthy_photo_is_called_damaged(pairs: list[tuple[str, Told, Facts]]) -> None:
    called = [(name, facts.error) for name, _, facts in pairs if name.startswith("photos/")]

    assert [row for row in called if row[1] is not None] == []


@pytest.mark.parametrize("folder", ["docx", "docx-broken", "pdf", "pdf-broken", "photos-broken"])
def test_every_file_gives_facts_or_one_sentence(corpus: Path, folder: str) -> None:
    found = [probe(file) for file in sorted((corpus / folder).rglob("*")) if file.is_file()]

    assert found
    for facts in found:
        if facts.error is not None:
            assert facts.error.code == "damaged"
            assert facts.error.message.startswith(facts.path.name)
            assert "\n" not in facts.error.message


def test_healthy_word_files_are_word_files(corpus: Path) -> None:
    found = [probe(file) for file in (corpus / "docx").rglob("*") if file.is_file()]

    assert Counter((facts.kind, facts.error) for facts in found).keys() == {(Family.DOCX, None)}
    assert sum(facts.pages is not None for facts in found) > 100


def test_protected_word_files_need_a_password(corpus: Path) -> None:
    needing = [
        facts.path.name
        for file in (corpus / "docx-broken").rglob("*")
        if file.is_file() and (facts := probe(file)).needs_password
    ]

    assert len(needing) == 4
    assert all("pass" in name or "protected" in name for name in needing)
