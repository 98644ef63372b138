"""Opens a picture of any kind: limits first, whatever decoder suits it, nothing decoded yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, TooLargeError, UnsupportedError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.containers import carriers
from desktopproc.formats.image_errors import is_memory, reading_picture, too_little_memory
from desktopproc.formats.image_kind import is_heif, is_jxl, is_svg, looks_like_picture, raw_kind
from desktopproc.formats.image_whole import is_whole, precision
from desktopproc.formats.photos import foreign, raws
from desktopproc.formats.photos.photo import Many, Photo
from desktopproc.formats.photos.raws import Raw
from desktopproc.formats.photos.sizes import check_memory, check_pixels

if TYPE_CHECKING:
    from pyvips import Image

CODECS = ("pyvips", "PIL.Image", "PIL.ImageCms")
"""What worker processes import once for operations that decode whole photos."""

_GIF_COPIES = 3  # of a frame: shown, kept for the next one, and handed out
_WHOLE = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
_WHOLE |= {"heif": "HEIF", "jp2": "JPEG2000", "bmp": "BMP"}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a picture is to be opened. `every` asks for all frames and pages, `least` is the size
    in pixels that a drawing must have to be scaled from."""

    every: bool = True
    raw: Raw = Raw.DEVELOP
    least: int = 0


@contextmanager
def opened(source: Source, work: Work[Any], wish: Wish = Wish()) -> Iterator[Photo]:
    """Open one source of a job: sizes checked against the limit, nothing decoded yet."""
    import pyvips  # heavy: only where pixels are

    pyvips.cache_set_max(0)  # every photo is another one: nothing is asked for twice
    pyvips.concurrency_set(work.threads)
    name, content = source.path.name, source.read()
    if not content:
        raise BadInputError(f"{name} is empty. Copy it again.")
    with reading_picture(name), _reading_with_vips(name, content):
        photo = _open(source.path, content, work, wish)
        photo.threads = work.threads
        yield photo


@contextmanager
def _reading_with_vips(name: str, content: bytes) -> Iterator[None]:
    """Speak of what libvips cannot decode in our words."""
    import pyvips  # heavy: only where pixels are

    try:
        yield
    except pyvips.Error as e:
        raise too_little_memory(name) if is_memory(e) else unreadable(name, content) from e


def unreadable(name: str, content: bytes) -> BadInputError:
    """Why a picture that was opened could not be decoded."""
    kind = kind_of(content)
    if not is_whole(content, _WHOLE.get(kind, "")):
        return BadInputError(f"{name} is damaged: the picture is cut off. Copy it again.")
    return BadInputError(f"{name} is damaged and cannot be opened as a picture.")


def kind_of(content: bytes) -> str:
    """What a picture is by its first bytes; "other" for what only Pillow may know."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if is_heif(content):
        return "heif"
    if content[4:12] in {b"ftypavif", b"ftypavis"} or (
        content[4:8] == b"ftyp" and b"avif" in content[8:64]
    ):
        return "avif"
    if is_jxl(content):
        return "jxl"
    return "svg" if is_svg(content) else "other"


_STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)


def _open(path: Path, content: bytes, work: Work[Any], wish: Wish) -> Photo:
    name = path.name
    if raw := raw_kind(content, path.suffix):
        return raws.opened(name, content, raw, work, wish.raw)
    kind = kind_of(content)
    if kind == "jpeg" and (depth := precision(content)) not in {8, 0}:
        raise UnsupportedError(
            f"{name} is a JPEG with {depth} bits per colour, which is not supported. "
            "Export it as TIFF or PNG."
        )
    photo = _by_vips(name, kind, content, work, wish) if kind in _LOADERS else None
    photo = photo or foreign.opened(name, kind, content, work, every=wish.every)
    _tell_damage(photo)
    return photo


def _tell_damage(photo: Photo) -> None:
    if not is_whole(photo.content, _WHOLE.get(photo.format, "")):
        photo.note(f"{photo.name} is damaged, possibly incomplete.")


def _by_vips(name: str, kind: str, content: bytes, work: Work[Any], wish: Wish) -> Photo | None:
    """The picture by libvips, or None where another decoder has to try."""
    import pyvips  # heavy: only where pixels are

    if kind == "png" and b"acTL" in content[:4096]:
        return None  # animated PNG is not known there
    loader = getattr(pyvips.Image, _LOADERS[kind] + "_buffer")
    try:
        first = loader(content, **_words(kind))
    except pyvips.Error:
        if kind in {"tiff", "gif", "webp", "png"}:
            return None
        if looks_like_picture(content):
            raise unreadable(name, content) from None
        raise
    check_pixels(name, (first.width, first.height), work.max_pixels)
    if kind == "gif":  # its decoder ends the process when it gets no memory
        check_memory(name, _GIF_COPIES * first.width * first.height * 4)
    photo = Photo(name, kind, content, [first], work.note)
    _describe(photo, first)
    if kind == "svg":
        _enlarge_drawing(photo, loader, wish.least, work.max_pixels)
    elif _count(first) > 1:
        photo.many = Many.PAGES if kind == "tiff" else Many.ANIMATION
        if wish.every:
            _take_all(photo, loader, first, work.max_pixels)
    if kind == "tiff" and not _is_decodable(photo):
        return None
    if len(photo.frames) == 1 and kind in {"jpeg", "png", "webp", "avif"}:
        photo.again = lambda **words: loader(content, **(_words(kind) | words))
    return photo


_LOADERS = {
    "jpeg": "jpegload",
    "png": "pngload",
    "gif": "gifload",
    "webp": "webpload",
    "tiff": "tiffload",
    "avif": "heifload",
    "svg": "svgload",
}


def _words(kind: str) -> dict[str, Any]:
    """A damaged picture is a failure, not a picture with grey parts. SVG knows no such thing."""
    return {"access": "sequential", "fail_on": "truncated" if kind != "svg" else "none"}


def _describe(photo: Photo, first: "Image") -> None:
    """What the header says of the whole file."""
    known = set(first.get_fields())
    photo.blocks = carriers.read(photo.content, photo.format, photo.note)
    turned = int(first.get("orientation")) if "orientation" in known else 1
    if photo.format not in {"avif", "heif"} and turned in range(2, 9):
        photo.orientation = turned
    if "bits-per-sample" in known:
        photo.bits = int(first.get("bits-per-sample"))
    elif first.format == "ushort":
        photo.bits = 16
    photo.has_palette = "palette" in known and bool(first.get("palette"))


def _count(first: "Image") -> int:
    return int(first.get("n-pages")) if "n-pages" in first.get_fields() else 1


def _take_all(
    photo: Photo, loader: "Callable[..., Image]", first: "Image", max_pixels: int
) -> None:
    """Every frame of an animation, or every page."""
    import pyvips  # heavy: only where pixels are

    count = _count(first)
    if count < 2 or photo.format not in {"gif", "webp", "tiff"}:
        return
    if first.width * first.height * count > max_pixels:
        raise TooLargeError(
            f"{photo.name} holds {count:,} pictures, together more than "
            f"{max_pixels / 1e6:,.0f} megapixels. Raise the limit in the settings."
        )
    words = _words(photo.format)
    try:
        strip = loader(photo.content, **(words | {"access": "random"}), n=-1)
    except pyvips.Error:  # pages of different sizes
        if photo.many is Many.ANIMATION:
            raise
        photo.frames = [loader(photo.content, **words, page=page) for page in range(count)]
        return
    height = int(strip.get("page-height"))
    photo.frames = [
        strip.crop(0, top, strip.width, height) for top in range(0, strip.height, height)
    ]
    if photo.many is Many.PAGES:
        return
    known = set(strip.get_fields())
    delays = tuple(strip.get("delay")) if "delay" in known else ()
    photo.delays = delays or (100,) * len(photo.frames)
    photo.repeats = int(strip.get("loop")) if "loop" in known else 0


def _is_decodable(photo: Photo) -> bool:
    """Decode a TIFF now: Pillow knows some kinds of it that libvips does not."""
    import pyvips  # heavy: only where pixels are

    try:
        with during(Stage.DECODE):
            photo.frames = [frame.copy_memory() for frame in photo.frames]
    except pyvips.Error:
        return False
    return True


def _enlarge_drawing(
    photo: Photo, loader: "Callable[..., Image]", least: int, max_pixels: int
) -> None:
    """A drawing is drawn as large as it is wanted, not enlarged afterwards."""
    first = photo.frames[0]
    scale = least / max(first.width, first.height)
    if scale > 1:
        size = (round(first.width * scale), round(first.height * scale))
        check_pixels(photo.name, size, max_pixels)
        photo.frames = [loader(photo.content, scale=scale)]
