"""Makes a small picture of a photo."""

from dataclasses import dataclass

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.needs import reduced
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import images
from desktopproc.formats.image_colour import flatten
from desktopproc.formats.image_preview import preview
from desktopproc.formats.image_save import Encoding, Format, save


@dataclass(frozen=True, slots=True)
class Options:
    size: int = option(
        256, "Size", "Pixels of the longer edge; never enlarges.", lo=16, hi=4096, unit="px"
    )
    format: Format = option(
        Format.JPG,
        "Format",
        labels={"jpg": "JPEG", "png": "PNG", "webp": "WebP"},
        aliases={"jpeg": "jpg"},
    )
    quality: int = option(
        80,
        "Quality",
        "Higher keeps more detail in larger files.",
        lo=1,
        hi=100,
        when=("format", (Format.JPG, Format.WEBP)),
    )
    fast: bool = option(
        default=False,
        label="Fast preview",
        help="Use the camera's own preview when it is large enough and shows the same.",
    )


@operation(
    "thumbnail",
    title="Thumbnail",
    takes=[Family.PHOTO],
    gives=lambda options, _: f".{options.format}",
    options=Options,
    group="Photos",
    preload=images.CODECS,
    depends=Depends.CONTENT,
    memory=lambda _, files: max(map(reduced, files)),
)
def thumbnail(work: Work[Options]) -> Steps:
    """Make a small upright picture of each photo, in sRGB and without metadata."""
    options = work.options
    with images.opened(work.source, work) as picture:
        small = preview(picture, options.size, fast=options.fast)
    yield 1, 2
    encoding = Encoding(options.format, options.quality)
    plain = flatten(small) if encoding.format is Format.JPG else small
    save(plain, work.target, encoding, work.source.path.name)
    work.expect(*plain.size)
    yield 2, 2
