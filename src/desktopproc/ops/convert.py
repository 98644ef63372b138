"""Stores photos in another format, size or quality."""

from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import images
from desktopproc.formats.image_adapt import Adaptation, adapted
from desktopproc.formats.image_metadata import Strip, metadata_of
from desktopproc.formats.image_render import rendered, tell_depth, tell_frames
from desktopproc.formats.image_save import Effort, Encoding, Format, save, suffix_like
from desktopproc.formats.image_size import SizeOptions


class Target(StrEnum):
    """The formats to choose from."""

    SAME = "same"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    TIFF = "tiff"


@dataclass(frozen=True, slots=True)
class Options(SizeOptions):
    format: Target = option(
        Target.JPEG,
        "Format",
        "Same as the source: HEIC becomes JPEG, GIF and BMP become PNG.",
        labels={"same": "Same as the source", "jpeg": "JPEG", "png": "PNG", "webp": "WebP"}
        | {"avif": "AVIF", "tiff": "TIFF"},
        aliases={"jpg": "jpeg", "tif": "tiff"},
    )
    quality: int = option(
        85, "Quality", "Higher keeps more detail and makes larger files.", lo=1, hi=100
    )
    effort: Effort = option(
        Effort.BALANCED, "Effort", "Small files take longer to make; they look the same."
    )
    lossless: bool = option(
        default=False,
        label="Lossless",
        help="Keep every pixel as it is, in a larger file.",
        when=("format", (Target.WEBP, Target.AVIF, Target.SAME)),
    )
    background: str = option(
        "#ffffff",
        "Background",
        "Replaces transparency where the format has none.",
        kind=Kind.COLOR,
        pattern="#[0-9a-fA-F]{6}",
    )
    strip: Strip = option(
        Strip.NOTHING,
        "Remove metadata",
        "Position: only where the photo was taken. All: everything but the picture.",
    )
    srgb: bool = option(
        default=False,
        label="Convert to sRGB",
        help="For viewers that know no colour profiles.",
    )


@operation(
    "convert",
    title="Convert",
    takes=[Family.PHOTO],
    gives=lambda options, suffix: suffix_like(options.format.value, suffix),
    options=Options,
    group="Photos",
    preload=images.CODECS,
)
def convert(work: Work[Options]) -> Steps:
    """Store each photo upright in another format, size or quality, with its metadata."""
    options, note, name = work.options, work.note, work.source.path.name
    kind = Format.of_suffix(work.target.suffix)
    with images.opened(work.source, work) as picture:
        tell_frames(picture)
        image = rendered(picture, options.sized, work.max_pixels)
        tell_depth(picture)
        metadata = metadata_of(picture, image.size, options.strip, note)
        profile = picture.profile or b""
    yield 1, 2
    how = Adaptation(profile, options.background, options.srgb or options.strip is Strip.ALL)
    image, profile = adapted(image, name, kind, note, how)
    extras = metadata.extras(kind, note) | ({"icc_profile": profile} if profile else {})
    encoding = Encoding(kind, options.quality, options.effort, options.lossless, extras=extras)
    save(image, work.target, encoding, name, note)
    work.expect(*image.size)
    yield 2, 2
