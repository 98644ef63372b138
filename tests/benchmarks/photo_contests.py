"""What is measured of photos: thumbnails, resizing, formats and PDF against the usual programs."""

import sys
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, Words, each

_IMG2PDF = Path(sys.executable).with_name("img2pdf")
_SOME = 100
_FEW = 24


def _photos(plan: Plan) -> list[Path]:
    return _first_photos(plan, plan.photos)


def _some_photos(plan: Plan) -> list[Path]:
    return _first_photos(plan, min(plan.photos, _SOME))


def _first_photos(plan: Plan, count: int) -> list[Path]:
    """So many photos in a folder of their own: ours is given the folder, others the files."""
    return inputs.photos(plan.folder / f"photos-{count}", count)


def _pngs(plan: Plan) -> list[Path]:
    return inputs.other_photos(plan.folder / "png", _FEW, "PNG")


def _heics(plan: Plan) -> list[Path]:
    return inputs.other_photos(plan.folder / "heic", _FEW, "HEIF")


def _vips(files: list[Path], out: Path, size: int, quality: int) -> Words:
    target = f"{out}/%s.jpg[Q={quality}]"
    return ["vipsthumbnail", "--size", f"{size}x{size}", "-o", target, *files]


def _parallel(files: list[Path], out: Path, size: int, quality: int) -> Words:
    return ["parallel", "--quote", "-j2", *_vips([], out, size, quality), "{}", ":::", *files]


def _mogrify(files: list[Path], out: Path, size: int, quality: int, *hint: str) -> Words:
    words: Words = ["mogrify", *hint, "-auto-orient", "-resize", f"{size}x{size}>"]
    return [*words, "-quality", str(quality), "-path", out, *files]


CONTESTS = (
    Contest(
        "thumbnails of 256 px",
        _photos,
        lambda files: ["thumbnail", files[0].parent, "--size", "256"],
        (
            Peer(
                "parallel -j2 vipsthumbnail",
                "parallel",
                lambda f, out: _parallel(f, out, 256, 80),
                bar=1.5,
            ),
            Peer("vipsthumbnail", "vipsthumbnail", lambda f, out: _vips(f, out, 256, 80)),
            Peer(
                "mogrify with a size hint",
                "mogrify",
                lambda f, out: _mogrify(f, out, 256, 80, "-define", "jpeg:size=512x512"),
                bar=3,
            ),
        ),
        busy_bar=90,
    ),
    Contest(
        "photos to 1600 px",
        _some_photos,
        lambda files: [
            *("convert", files[0].parent, "--long-edge", "1600"),
            *("--quality", "85", "--effort", "fast"),
        ],
        (
            Peer(
                "parallel -j2 vipsthumbnail",
                "parallel",
                lambda f, out: _parallel(f, out, 1600, 85),
                bar=1.8,
            ),
            Peer("vipsthumbnail", "vipsthumbnail", lambda f, out: _vips(f, out, 1600, 85)),
            Peer("mogrify", "mogrify", lambda f, out: _mogrify(f, out, 1600, 85), bar=4),
        ),
    ),
    Contest(
        "PNG to JPEG, 12 megapixels",
        _pngs,
        lambda files: ["convert", files[0].parent, "--format", "jpeg", "--effort", "fast"],
        (
            Peer("vips copy", "vips", each('vips copy "$f" "$out/${f##*/}.jpg[Q=85]"'), bar=1.6),
            Peer(
                "mogrify", "mogrify", lambda f, out: ["mogrify", "-format", "jpg", "-path", out, *f]
            ),
        ),
    ),
    Contest(
        "HEIC to JPEG, 12 megapixels",
        _heics,
        lambda files: ["convert", files[0].parent, "--format", "jpeg", "--effort", "fast"],
        (
            Peer(
                "heif-convert",
                "heif-convert",
                each('heif-convert -q 85 "$f" "$out/${f##*/}.jpg"'),
                bar=1.4,
            ),
        ),
    ),
    Contest(
        "photos into one PDF",
        _some_photos,
        lambda files: ["photos-to-pdf", *files],
        (
            Peer(
                "img2pdf",
                str(_IMG2PDF),
                lambda f, out: [_IMG2PDF, *f, "-o", out / "a.pdf"],
                bar=2.5,
            ),
        ),
        memory_bar=60,
    ),
)
