"""What can be wished of one stored copy of a photo: its size, its steps, its format, its name."""

import re
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import Step
from desktopproc.formats.image_size import SizeOptions
from desktopproc.formats.image_strip import LABELS as STRIP_LABELS
from desktopproc.formats.image_strip import Strip
from desktopproc.formats.photos.encoding import Effort, Subsampling
from desktopproc.formats.photos.targets import ALIASES, LABELS, Format
from desktopproc.formats.steps import CODEC
from desktopproc.formats.steps.resizing import Resize

_FILE = "File size"
_COLOURS = "Colours and metadata"
_WITH_QUALITY = (Format.JPEG, Format.WEBP, Format.AVIF, Format.JXL, Format.PDF, Format.SAME)
_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1000, "kib": 1024, "m": 1_000_000, "mb": 1_000_000}
_UNITS |= {"mib": 1 << 20}
_BYTES = r"\s*(\d+(?:\.\d+)?)\s*([kKmM]?[iI]?[bB]?)\s*"


class IfLarger(StrEnum):
    """What happens when the copy would not be smaller than its source."""

    KEEP = "keep"
    SKIP = "skip"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class CopyOptions(SizeOptions):
    steps: tuple[Step, ...] = option(
        (),
        "Steps",
        "Done in this order, after the size.",
        kind=Kind.STEPS,
        singular="step",
        codec=CODEC,
        section="Steps",
    )
    format: Format = option(
        Format.JPEG,
        "Format",
        "Same as the source: HEIC and RAW become JPEG, BMP and SVG become PNG.",
        labels=LABELS,
        aliases=ALIASES,
    )
    quality: int = option(
        85,
        "Quality",
        "Higher keeps more detail in larger files.",
        lo=1,
        hi=100,
        when=("format", _WITH_QUALITY),
    )
    effort: Effort = option(
        Effort.BALANCED,
        "Effort",
        "Smaller files take longer to make and look the same.",
        labels={"fast": "Fast", "balanced": "Balanced", "small": "Smallest files"},
        section=_FILE,
    )
    target_size: str | None = option(
        None,
        "File size at most",
        "The photo is stored in the best quality, up to the one chosen, that fits.",
        pattern=_BYTES,
        example="500 kB",
        section=_FILE,
    )
    lossless: bool = option(
        default=False,
        label="Lossless",
        help="Keep every pixel as it is. A JPEG that stays one is not encoded anew.",
        when=("format", _WITH_QUALITY),
        section=_FILE,
    )
    if_larger: IfLarger = option(
        IfLarger.KEEP,
        "If it would grow",
        "What happens when the new file would not be smaller than the photo.",
        labels={"keep": "Keep the new file", "skip": "Make no file", "copy": "Copy the original"},
        section=_FILE,
    )
    progressive: bool = option(
        default=False,
        label="Progressive",
        help="Shows early while it loads; for JPEG, PNG and GIF.",
        when=("format", (Format.JPEG, Format.PNG, Format.GIF, Format.SAME)),
        section=_FILE,
    )
    subsampling: Subsampling = option(
        Subsampling.AUTO,
        "Colour detail",
        "4:4:4 keeps colours as fine as brightness; 4:2:0 makes smaller files.",
        labels={"auto": "By quality", "444": "4:4:4", "420": "4:2:0"},
        aliases={"4:4:4": "444", "4:2:0": "420"},
        when=("format", (Format.JPEG, Format.WEBP, Format.AVIF, Format.PDF, Format.SAME)),
        section=_FILE,
    )
    background: str = option(
        "#ffffff",
        "Background",
        "Replaces transparency where the format has none.",
        kind=Kind.COLOR,
        pattern="#[0-9a-fA-F]{6}",
        section=_COLOURS,
    )
    srgb: bool = option(
        default=False,
        label="Convert to sRGB",
        help="For viewers that know no colour profiles.",
        section=_COLOURS,
    )
    strip: Strip = option(
        Strip.NOTHING,
        "Remove metadata",
        "Copies keep what is not removed: camera, dates, copyright, keywords.",
        labels=STRIP_LABELS,
        section=_COLOURS,
    )
    dates: bool = option(
        default=True,
        label="Keep the file's date",
        help="Else the new file is dated now.",
        section=_COLOURS,
    )

    @property
    def target_bytes(self) -> int | None:
        """The most bytes the file may have; kB are 1000."""
        found = re.fullmatch(_BYTES, self.target_size or "")
        if found is None:
            return None
        return int(float(found.group(1)) * _UNITS[found.group(2).lower()])

    @property
    def stack(self) -> tuple[Step, ...]:
        """The steps that are switched on, the size first."""
        size = Resize(
            width=self.width,
            height=self.height,
            long_edge=self.long_edge,
            percent=self.percent,
            megapixels=self.megapixels,
            enlarge=self.enlarge,
        )
        usual = Resize(enlarge=self.enlarge)
        first = () if size == usual else (Step("resize", size),)
        return (*first, *(step for step in self.steps if step.is_on))


@dataclass(frozen=True, slots=True)
class FurtherCopy(CopyOptions):
    """One more file from the same photo."""

    folder: str = option("", "Folder", "Below the folder for the results.", example="small")
    name: str = option(
        "",
        "File name",
        "Made of fields as in the output's file names.",
        example="{stem}-small",
    )
