"""Encodes frames of pixels as one file's bytes, without metadata but for the colour profile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import OutputError, TooLargeError, UnsupportedError
from desktopproc.core.stages import Stage, during
from desktopproc.formats import pixels
from desktopproc.formats.image_errors import DECODER_ERRORS, is_memory, too_little_memory
from desktopproc.formats.photos.binding import bound
from desktopproc.formats.photos.pages import stacked
from desktopproc.formats.photos.targets import HOLDS, Format

if TYPE_CHECKING:
    from PIL.Image import Image as Pillow
    from pyvips import Image


class Effort(StrEnum):
    """How much time may be spent on a smaller file."""

    FAST = "fast"
    BALANCED = "balanced"
    SMALL = "small"


class Subsampling(StrEnum):
    """How finely colours are stored beside brightness."""

    AUTO = "auto"
    FULL = "444"
    HALF = "420"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a picture is to be stored; what a format does not know is left out by it."""

    format: Format
    quality: int = 85
    effort: Effort = Effort.BALANCED
    lossless: bool = False
    progressive: bool = False
    subsampling: Subsampling = Subsampling.AUTO
    bits: int = 8  # of one colour, as the source had them
    few_colours: bool = False  # the source had a palette, or two colours
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Film:
    """The frames to store, all in one mode, with how an animation plays."""

    frames: "Sequence[Image]"
    profile: bytes = b""
    delays: tuple[int, ...] = ()
    repeats: int = 0
    dpi: tuple[float, float] | None = None

    @property
    def first(self) -> "Image":
        return self.frames[0]

    @property
    def is_animated(self) -> bool:
        return bool(self.delays) and len(self.frames) > 1


_FULL_COLOUR = 93  # from this JPEG quality on, colours are stored as finely as brightness
_LEVEL = {Effort.FAST: 2, Effort.BALANCED: 6, Effort.SMALL: 9}  # of deflate
_FILTER = {Effort.FAST: "sub", Effort.BALANCED: "paeth", Effort.SMALL: "all"}
_WEBP_EFFORT = {Effort.FAST: 1, Effort.BALANCED: 2, Effort.SMALL: 6}
_AVIF_EFFORT = {Effort.FAST: 0, Effort.BALANCED: 1, Effort.SMALL: 4}
_JXL_EFFORT = {Effort.FAST: 3, Effort.BALANCED: 5, Effort.SMALL: 8}
_NO_LOSS = 100  # the quality at which JPEG XL loses nothing, as for its own encoder
_GIF_EFFORT = {Effort.FAST: 2, Effort.BALANCED: 7, Effort.SMALL: 10}
_OXIPNG_LEVEL = {Effort.FAST: 0, Effort.BALANCED: 1, Effort.SMALL: 2}


def encoded(film: Film, how: Encoding, name: str) -> bytes:
    """The file's bytes; `name` is the source, named when its pixels cannot be stored."""
    import pyvips  # heavy: only where pixels are

    _check_edges(film.first, how.format, name)
    try:
        with during(Stage.ENCODE):
            return _ENCODERS[how.format](film, how)
    except MemoryError as e:
        raise too_little_memory(name) from e
    except DECODER_ERRORS as e:
        raise OutputError(f"{name} could not be stored as {how.format.label}: {e}.") from e
    except pyvips.Error as e:
        if is_memory(e):
            raise too_little_memory(name) from e
        _blame_source(film)
        reason = str(e).strip().splitlines()[-1].strip()
        raise OutputError(f"{name} could not be stored as {how.format.label}: {reason}.") from e


def _blame_source(film: Film) -> None:
    """Pixels are decoded while they are encoded: where decoding alone fails, raise that."""
    for frame in film.frames:
        frame.avg()


def _check_edges(image: "Image", kind: Format, name: str) -> None:
    longest = HOLDS[kind].edge
    if longest is not None and max(image.width, image.height) > longest:
        raise TooLargeError(
            f"{name} is {image.width:,} x {image.height:,} pixels, and {kind.label} holds at most "
            f"{longest:,} pixels per edge. Make it smaller or choose another format."
        )


def _bare(image: "Image", film: Film) -> "Image":
    """The picture without what came with it, but for its profile and resolution."""
    import pyvips  # heavy: only where pixels are

    plain = image.copy()
    for word in plain.get_fields():
        if word not in _PIXEL_WORDS:
            plain.remove(word)
    if film.profile:
        plain.set_type(pyvips.GValue.blob_type, "icc-profile-data", film.profile)
    if film.dpi:
        plain = plain.copy(xres=film.dpi[0] / 25.4, yres=film.dpi[1] / 25.4)
    return plain


_PIXEL_WORDS = frozenset(
    {"width", "height", "bands", "format", "coding", "interpretation", "xoffset", "yoffset"}
    | {"xres", "yres", "filename", "vips-loader"}
)


def _jpeg(film: Film, how: Encoding) -> bytes:
    small = how.effort is Effort.SMALL
    words: dict[str, Any] = {
        "Q": how.quality,
        "optimize_coding": how.effort is not Effort.FAST,
        "interlace": how.progressive or small,
        "subsample_mode": _subsampling(how),
        "keep": "icc",
    }
    if small:
        words |= {"trellis_quant": True, "overshoot_deringing": True, "optimize_scans": True}
    return bytes(_bare(film.first, film).jpegsave_buffer(**words))


def _subsampling(how: Encoding) -> str:
    if how.subsampling is Subsampling.AUTO:
        return "off" if how.quality >= _FULL_COLOUR else "on"
    return {Subsampling.FULL: "off", Subsampling.HALF: "on"}[how.subsampling]


def _png(film: Film, how: Encoding) -> bytes:
    if film.is_animated:
        return _animated_png(film, how)
    is_repacked = how.few_colours or how.effort is Effort.SMALL
    words = (
        {"compression": 1}
        if is_repacked
        else {"compression": _LEVEL[how.effort], "filter": _FILTER[how.effort]}
    )
    content = bytes(
        _bare(film.first, film).pngsave_buffer(interlace=how.progressive, keep="icc", **words)
    )
    return _repacked(content, how) if is_repacked else content


def _repacked(content: bytes, how: Encoding) -> bytes:
    """Fewer bits for fewer colours, and better filters: the same pixels in a smaller file."""
    import oxipng  # heavy: only where PNGs are written

    return bytes(
        oxipng.optimize_from_memory(
            content, level=_OXIPNG_LEVEL[how.effort], strip=oxipng.StripChunks.none()
        )
    )


def _animated_png(film: Film, how: Encoding) -> bytes:
    import io

    frames = [to_pillow(pixels.eight_bits(frame)) for frame in film.frames]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "PNG",
        save_all=True,
        append_images=frames[1:],
        duration=list(film.delays),
        loop=film.repeats,
        compress_level=_LEVEL[how.effort],
        icc_profile=film.profile or None,
    )
    return buffer.getvalue()


def _joined(film: Film) -> "Image":
    """All frames below each other, as libvips holds animations and pages."""
    import pyvips  # heavy: only where pixels are

    first = film.first
    if len(film.frames) == 1:
        return _bare(first, film)
    tall = _bare(pyvips.Image.arrayjoin(list(film.frames), across=1), film)
    tall.set_type(pyvips.GValue.gint_type, "page-height", first.height)
    if film.delays:
        tall.set_type(pyvips.GValue.array_int_type, "delay", list(film.delays))
        tall.set_type(pyvips.GValue.gint_type, "loop", film.repeats)
    return tall


def _webp(film: Film, how: Encoding) -> bytes:
    return bytes(
        _joined(film).webpsave_buffer(
            Q=how.quality,
            lossless=how.lossless,
            exact=how.lossless,
            effort=_WEBP_EFFORT[how.effort],
            smart_subsample=how.subsampling is Subsampling.FULL,
            keep="icc",
        )
    )


def _avif(film: Film, how: Encoding) -> bytes:
    image = film.first
    deep = image.format == "ushort"
    depth = (10 if how.bits <= 10 else 12) if deep else 8
    finest = how.lossless or how.subsampling is Subsampling.FULL
    return bytes(
        _bare(image, film).heifsave_buffer(
            compression="av1",
            Q=how.quality,
            lossless=how.lossless,
            bitdepth=depth,
            effort=_AVIF_EFFORT[how.effort],
            subsample_mode="off" if finest else "on",
            keep="icc",
        )
    )


def _tiff(film: Film, how: Encoding) -> bytes:
    sizes = {(frame.width, frame.height, frame.bands, frame.format) for frame in film.frames}
    if len(sizes) > 1:
        return stacked([_tiff(replace(film, frames=[frame]), how) for frame in film.frames])
    image = _joined(film)
    words: dict[str, Any] = {"compression": "deflate", "keep": "icc"}
    if how.bits == 1 and _is_two_coloured(image):
        words |= {"bitdepth": 1, "predictor": "none"}
    else:
        words |= {"predictor": "horizontal"}
    if len(film.frames) > 1:
        words |= {"page_height": film.first.height}
    if film.dpi:
        words |= {"xres": film.dpi[0] / 25.4, "yres": film.dpi[1] / 25.4, "resunit": "inch"}
    return bytes(image.tiffsave_buffer(level=_LEVEL[how.effort], **words))


def _is_two_coloured(image: "Image") -> bool:
    """Whether it still is black and white after everything that was done to it."""
    if image.bands > 1 or image.format != "uchar":
        return False
    return bool(((image == 0) | (image == 255)).min() == 255)


def _jxl(film: Film, how: Encoding) -> bytes:
    import io

    try:
        import pillow_jxl  # noqa: F401 - importing it teaches Pillow the format
    except ImportError:
        raise UnsupportedError(
            "JPEG XL needs one more package: pip install 'desktopproc[jxl]'. "
            "Or choose another format."
        ) from None
    buffer = io.BytesIO()
    to_pillow(film.first).save(
        buffer,
        "JXL",
        quality=how.quality,
        lossless=how.lossless or how.quality == _NO_LOSS,
        effort=_JXL_EFFORT[how.effort],
        icc_profile=film.profile or None,
        num_threads=how.threads,
    )
    return buffer.getvalue()


def _gif(film: Film, how: Encoding) -> bytes:
    return bytes(
        _joined(replace(film, profile=b"")).gifsave_buffer(
            effort=_GIF_EFFORT[how.effort], interlace=how.progressive, keep="none"
        )
    )


def _pdf(film: Film, how: Encoding) -> bytes:
    jpegs = [] if how.lossless else [_jpeg(Film([frame]), how) for frame in film.frames]
    return bound(film.frames, jpegs, film.profile, film.dpi)


_ENCODERS: dict[Format, Callable[[Film, Encoding], bytes]] = {
    Format.JPEG: _jpeg,
    Format.PNG: _png,
    Format.WEBP: _webp,
    Format.AVIF: _avif,
    Format.TIFF: _tiff,
    Format.JXL: _jxl,
    Format.GIF: _gif,
    Format.PDF: _pdf,
}


def to_pillow(image: "Image") -> "Pillow":
    """8-bit pixels as Pillow holds them."""
    from PIL import Image

    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[image.bands]
    if image.interpretation == "cmyk":
        mode = "CMYK"
    return Image.frombytes(mode, (image.width, image.height), image.write_to_memory())
