"""EXIF is read where it can be true, and garbage reads as nothing."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.formats import exif
from desktopproc.formats.exif import Exif

MAKE, MODEL, ORIENTATION, DATE, EXIF_IFD, GPS_IFD = 0x010F, 0x0110, 0x0112, 0x0132, 0x8769, 0x8825
ORIGINAL, DIGITIZED = 0x9003, 0x9004
PARIS = {1: b"N", 2: [(48, 1), (51, 1), (2950, 100)], 3: b"E", 4: [(2, 1), (17, 1), (4020, 100)]}

MakeTiff = Callable[..., bytes]


@pytest.mark.parametrize("order", ["<", ">"])
def test_everything_wanted_is_read_in_both_byte_orders(make_tiff: MakeTiff, order: str) -> None:
    own = {ORIGINAL: b"2021:02:03 04:05:06", DIGITIZED: b"2022:01:01 00:00:00"}
    entries = {
        MAKE: b"Canon",
        MODEL: b"Canon EOS 80D",
        ORIENTATION: 6,
        DATE: b"2023:01:01 00:00:00",
    }
    block = make_tiff({**entries, EXIF_IFD: own, GPS_IFD: PARIS}, order)

    found = exif.read(block)

    assert found[:4] == ("Canon", "Canon EOS 80D", 6, "2021-02-03T04:05:06")
    assert (found.latitude, found.longitude) == pytest.approx((48.858194, 2.294500), abs=1e-5)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        (b"2021:02:03 04:05:06", "2021-02-03T04:05:06"),
        (b"2023-05-06T07:08:09+02:00", "2023-05-06T07:08:09"),
        (b"2020:02:29 23:59:59.123", "2020-02-29T23:59:59"),
        (b"2021:2:3 4:05:06", "2021-02-03T04:05:06"),
        (b"2021:02:03 04:05", "2021-02-03T04:05:00"),
        (b"0000:00:00 00:00:00", None),
        (b"    :  :     :  :  ", None),
        (b"2021:02:30 04:05:06", None),
        (b"2021:02:03 24:00:00", None),
        (b"2023:13:45 27:61:99", None),
        (b"2017:08:21 15:08:70", None),
        (b"", None),
        (b"yesterday", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_a_date_is_iso_or_nothing(make_tiff: MakeTiff, text: bytes, iso: str | None) -> None:
    assert exif.read(make_tiff({EXIF_IFD: {ORIGINAL: text}})).taken == iso


def test_an_impossible_date_gives_way_to_the_next_one(make_tiff: MakeTiff) -> None:
    own = {ORIGINAL: b"0000:00:00 00:00:00", DIGITIZED: b"2021:02:03 04:05:06"}

    assert exif.read(make_tiff({EXIF_IFD: own})).taken == "2021-02-03T04:05:06"
    assert exif.read(make_tiff({DATE: b"2020:01:01 01:01:01"})).taken == "2020-01-01T01:01:01"


@pytest.mark.parametrize(("stored", "read"), [(n, n) for n in range(1, 9)] + [(0, None), (9, None)])
def test_orientation_is_1_to_8_or_unknown(
    make_tiff: MakeTiff, stored: int, read: int | None
) -> None:
    assert exif.read(make_tiff({ORIENTATION: stored})).orientation == read


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"  NIKON CORPORATION  ", "NIKON CORPORATION"),
        (b"Line1\nLine2\r\n\tX", "Line1 Line2 X"),
        (b"A\x1b[31mB", "A [31mB"),
        (b"", None),
        (b"   ", None),
        (b"Caf\xe9", "Caf\xe9"),
        ("\u202egpj".encode(), "gpj"),
        (b"Canon\0rest", "Canon"),
    ],
)
def test_names_are_fit_to_be_shown(make_tiff: MakeTiff, raw: bytes, shown: str | None) -> None:
    assert exif.read(make_tiff({MODEL: raw})).model == shown


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ({1: b"S", 3: b"W"}, (-48.858194, -2.294500)),
        ({2: [(200, 1), (0, 1), (0, 1)]}, None),
        ({4: [(500, 1), (0, 1), (0, 1)]}, None),
        ({2: [(0, 0), (0, 0), (0, 0)]}, None),
        ({2: [(48, 1), (5149166, 100000), (0, 0)]}, (48.858194, 2.294500)),
        ({2: [(48, 1), (51, 0), (0, 1)]}, None),
        ({1: b"Q"}, None),
        ({2: b"48.5"}, None),
        ({2: [(48858194, 1000000)]}, (48.858194, 2.294500)),
    ],
)
def test_a_position_is_signed_degrees_or_nothing(
    make_tiff: MakeTiff, change: dict[int, object], position: tuple[float, float] | None
) -> None:
    found = exif.read(make_tiff({GPS_IFD: {**PARIS, **change}}))

    if position is None:
        assert (found.latitude, found.longitude) == (None, None)
    else:
        assert (found.latitude, found.longitude) == pytest.approx(position, abs=1e-5)


def test_half_a_position_is_none(make_tiff: MakeTiff) -> None:
    found = exif.read(make_tiff({GPS_IFD: {1: b"N", 2: [(48, 1), (51, 1), (0, 1)]}}))

    assert (found.latitude, found.longitude) == (None, None)


def test_directories_that_point_at_themselves_end(make_tiff: MakeTiff) -> None:
    assert exif.read(make_tiff({ORIENTATION: 6, EXIF_IFD: 8, GPS_IFD: 8})) == Exif(orientation=6)


def test_huge_counts_and_offsets_into_nowhere_read_as_nothing() -> None:
    entry = struct.pack("<HHII", MAKE, 2, 0xFFFFFFF0, 0xFFFFFFF0)
    huge_entry = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)
    huge_directory = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + entry

    assert exif.read(huge_entry) == exif.NOTHING
    assert exif.read(huge_directory) == exif.NOTHING
    assert exif.read(b"II*\0\xff\xff\xff\xff") == exif.NOTHING


@given(st.binary(max_size=400))
def test_garbage_never_raises(garbage: bytes) -> None:
    for lead in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", b""):
        assert isinstance(exif.read(lead + garbage), Exif)


def test_a_cut_block_gives_what_is_left_of_it(make_tiff: MakeTiff) -> None:
    block = make_tiff(
        {MAKE: b"Canon", ORIENTATION: 6, EXIF_IFD: {ORIGINAL: b"2021:02:03 04:05:06"}}
    )

    for end in range(len(block)):
        found = exif.read(block[:end])
        assert found.orientation in (6, None)
        assert found.taken in ("2021-02-03T04:05:06", None)
