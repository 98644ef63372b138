"""The options that say how large a picture is to be."""

from dataclasses import dataclass

from desktopproc.core.schema import option

_SECTION = "Size"


@dataclass(frozen=True, slots=True)
class SizeOptions:
    """A picture keeps its shape and fits inside everything that is given."""

    width: int | None = option(
        None,
        "Width",
        "At most, as with the others here: the photo keeps its shape.",
        lo=1,
        hi=100_000,
        unit="px",
        section=_SECTION,
        example="1920",
    )
    height: int | None = option(
        None, "Height", lo=1, hi=100_000, unit="px", section=_SECTION, example="1080"
    )
    long_edge: int | None = option(
        None,
        "Longer edge",
        "The same for upright and wide pictures.",
        lo=1,
        hi=100_000,
        unit="px",
        section=_SECTION,
        example="1600",
    )
    percent: float | None = option(
        None, "Percent", "Of the width and the height.", lo=0.1, hi=1000, unit="%", section=_SECTION
    )
    megapixels: float | None = option(
        None, "Megapixels", lo=0.001, hi=1000, unit="MP", section=_SECTION, example="2"
    )
    enlarge: bool = option(
        default=False,
        label="Enlarge small pictures",
        help="Else a picture that is smaller already keeps its size.",
        section=_SECTION,
    )
