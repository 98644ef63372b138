"""Photos to PDF: JPEG bytes untouched, every page upright, valid for every reader."""

import io
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from desktopproc import ops
from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Shape, Work
from desktopproc.core.schema import build
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _picture(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (96, 64), "white")
    image.paste("red", (0, 0, 32, 32))
    image.paste("blue", (64, 32, 96, 64))
    return image.convert(mode)


def _page(path: Path, number: int = 0) -> Image.Image:
    """The page as pdfium shows it, a pixel for a point."""
    document = pypdfium2.PdfDocument(path)
    page = document[number]
    image: Image.Image = page.render(scale=1).to_pil().convert("RGB")
    page.close()
    document.close()
    return image


def _difference(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def test_jpeg_bytes_go_in_as_they_are(run: Run, photo: Path) -> None:
    assert photo.read_bytes() in run("photos-to-pdf", photo).target.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_shows_upright(run: Run, tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    _picture().save(path, quality=95, exif=exif, dpi=(72, 72))
    turned = images_upright(_picture(), orientation)

    shown = _page(run("photos-to-pdf", path).target)

    assert _difference(shown, turned) < 6


def images_upright(image: Image.Image, orientation: int) -> Image.Image:
    from desktopproc.formats.images import upright

    return upright(image, orientation)


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [(".tif", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK")]
    + [(".png", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")]
    + [(".jpg", mode) for mode in ("L", "RGB", "CMYK")],
)
def test_every_kind_of_pixels_looks_the_same_on_its_page(
    run: Run, tmp_path: Path, mode: str, suffix: str
) -> None:
    path = tmp_path / f"picture{suffix}"
    _picture(mode).save(path, dpi=(72, 72))

    shown = _page(run("photos-to-pdf", path).target)

    # readers have ideas of their own of what printing inks look like
    assert _difference(shown, _picture(mode).convert("RGB")) < (30 if mode == "CMYK" else 12)


@pytest.mark.parametrize(
    ("words", "is_told"), [({"quality": 80}, True), ({"lossless": True}, False)]
)
def test_a_photo_that_was_lossy_stays_small_and_that_is_said(
    run: Run, tmp_path: Path, words: dict[str, Any], is_told: bool
) -> None:
    path = tmp_path / "photo.webp"
    _picture().resize((960, 640)).save(path, **words)

    work = run("photos-to-pdf", path)

    assert (b"DCTDecode" in work.target.read_bytes()) is is_told
    assert bool(work.notes) is is_told
    shown = _page(work.target).resize((96, 64))
    assert _difference(shown, _picture()) < 12


def test_transparency_is_a_mask(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 30, 40))
    image.save(path, dpi=(72, 72))

    shown = _page(run("photos-to-pdf", path).target)

    assert shown.getpixel((10, 20)) == (255, 0, 0)
    assert shown.getpixel((50, 20)) == (255, 255, 255)


def test_the_page_has_the_size_of_the_photo_at_its_resolution(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (600, 300)).save(path, dpi=(300, 300))

    with pikepdf.open(run("photos-to-pdf", path).target) as pdf:
        assert [float(edge) for edge in pdf.pages[0].MediaBox] == [0, 0, 144, 72]


@pytest.mark.parametrize(
    ("size", "box"), [((300, 600), (595.2756, 841.8898)), ((600, 300), (841.8898, 595.2756))]
)
def test_paper_turns_to_the_shape_of_the_photo(
    run: Run, tmp_path: Path, size: tuple[int, int], box: tuple[float, float]
) -> None:
    path = tmp_path / "photo.png"
    Image.new("RGB", size, "red").save(path)

    target = run("photos-to-pdf", path, page="a4", margin=10).target

    with pikepdf.open(target) as pdf:
        assert [float(edge) for edge in pdf.pages[0].MediaBox][2:] == pytest.approx(box)
    shown = _page(target)
    assert shown.getpixel((5, 5)) == (255, 255, 255)
    assert shown.getpixel((shown.width // 2, shown.height // 2)) == (255, 0, 0)


def test_pages_come_in_the_order_given_and_are_counted(run: Run, tmp_path: Path) -> None:
    paths = []
    for shade in (10, 120, 240):
        paths.append(tmp_path / f"{240 - shade}.png")
        Image.new("L", (20, 20), shade).save(paths[-1], dpi=(72, 72))

    work = run("photos-to-pdf", *paths)

    assert [_page(work.target, number).getpixel((9, 9)) for number in range(3)] == [
        (10,) * 3,
        (120,) * 3,
        (240,) * 3,
    ]
    assert work.expected.pages == 3
    verify(work.target, work.expected)


def test_title_and_author_are_kept_in_every_script(run: Run, photo: Path) -> None:
    target = run("photos-to-pdf", photo, title="Sommer (2026) \\ Ägypten", author="山田").target

    with pymupdf.open(target) as pdf:
        assert pdf.metadata["title"] == "Sommer (2026) \\ Ägypten"
        assert pdf.metadata["author"] == "山田"


def test_a_damaged_photo_is_left_out_and_named(run: Run, tmp_path: Path, photo: Path) -> None:
    bad = tmp_path / "broken.jpg"
    bad.write_bytes(photo.read_bytes()[:5000])

    work = run("photos-to-pdf", photo, bad, photo)

    with pymupdf.open(work.target) as pdf:
        assert pdf.page_count == 2
    assert work.expected.pages == 2
    (said,) = work.notes
    assert said.startswith("broken.jpg is damaged: the picture is cut off.")
    assert said.endswith("It was left out.")


@pytest.mark.parametrize("number", [1, 3])
def test_no_pdf_is_made_of_damaged_photos_alone(
    number: int, run: Run, tmp_path: Path, photo: Path
) -> None:
    bad = [tmp_path / f"broken {place}.jpg" for place in range(number)]
    for path in bad:
        path.write_bytes(photo.read_bytes()[:5000])

    with pytest.raises(BadInputError, match=r"broken 0\.jpg is damaged: the picture is cut off"):
        run("photos-to-pdf", *bad)


def test_memory_stays_flat_however_many_photos(run: Run, tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((900, 700), 90) for _ in range(3)])
    path = tmp_path / "photo.jpg"
    noise.save(path, quality=92)
    run("photos-to-pdf", path)

    tracemalloc.start()
    target = run("photos-to-pdf", *[path] * 60).target
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert target.stat().st_size > 50 * path.stat().st_size
    assert most < 8 * path.stat().st_size


@pytest.mark.outside
@pytest.mark.parametrize(
    "command", [["qpdf", "--check"], ["pdfinfo"], ["mutool", "info"]], ids=lambda words: words[0]
)
def test_other_programs_find_nothing_wrong(
    run: Run, tmp_path: Path, photo: Path, command: list[str]
) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (60, 40), (0, 0, 0, 90)).save(clear)

    target = run("photos-to-pdf", photo, clear, title="Ä").target
    done = subprocess.run([*command, target], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()


def test_a_profile_goes_along(run: Run, tmp_path: Path, corpus: Path) -> None:
    with Image.open(corpus / "photos" / "pillow" / "frame_size.mpo") as image:
        profile = image.info["icc_profile"]
    path = tmp_path / "wide.jpg"
    Image.new("RGB", (32, 32), (200, 60, 40)).save(path, icc_profile=profile)

    with pikepdf.open(run("photos-to-pdf", path).target) as pdf:
        space = pdf.pages[0].Resources.XObject.P0.ColorSpace
        assert str(space[0]) == "/ICCBased"
        assert io.BytesIO(bytes(space[1].read_bytes())).getvalue() == profile


def _plain(folder: Path, name: str, colour: str, size: tuple[int, int] = (60, 40)) -> Path:
    path = folder / name
    Image.new("RGB", size, colour).save(path, dpi=(72, 72))
    return path


COLOURS = ("red", "lime", "blue", "yellow", "cyan", "magenta")


@pytest.mark.parametrize(
    ("per_page", "pages", "grid"), [(2, 3, (1, 2)), (4, 2, (2, 2)), (6, 1, (2, 3))]
)
def test_several_photos_share_a_page_in_reading_order(
    run: Run, tmp_path: Path, per_page: int, pages: int, grid: tuple[int, int]
) -> None:
    paths = [_plain(tmp_path, f"{colour}.png", colour) for colour in COLOURS]

    work = run("photos-to-pdf", *paths, page="a4", per_page=per_page, orientation="portrait")

    assert work.expected.pages == pages
    verify(work.target, work.expected)
    shown = _page(work.target)
    columns, rows = grid
    for at, colour in enumerate(COLOURS[:per_page]):
        column, row = at % columns, at // columns
        place = (
            shown.width * (2 * column + 1) // (2 * columns),
            shown.height * (2 * row + 1) // (2 * rows),
        )
        assert shown.getpixel(place) == Image.new("RGB", (1, 1), colour).getpixel((0, 0))


def test_several_photos_per_page_need_paper(run: Run, photo: Path) -> None:
    with pytest.raises(UsageError, match="--page a4"):
        run("photos-to-pdf", photo, per_page=4)


@pytest.mark.parametrize(
    ("fit", "corner", "beside"),
    [("fit", "white", "white"), ("fill", "red", "red"), ("actual", "white", "white")],
)
def test_how_a_photo_takes_its_room(
    run: Run, tmp_path: Path, fit: str, corner: str, beside: str
) -> None:
    path = _plain(tmp_path, "photo.png", "red", (200, 50))

    shown = _page(
        run(
            "photos-to-pdf",
            *[path],
            page="custom",
            paper_width=100,
            paper_height=100,
            margin=10,
            fit=fit,
        ).target
    )

    def at(x: float, y: float) -> Any:
        return shown.getpixel((round(x * shown.width / 100), round(y * shown.height / 100)))

    def colour(name: str) -> Any:
        return Image.new("RGB", (1, 1), name).getpixel((0, 0))

    assert at(50, 50) == colour("red")
    assert at(12, 12) == colour(corner)
    assert at(50, 80) == colour(beside)
    assert at(5, 50) == colour("white")  # the margin stays free even where pictures are cut
    assert (at(13, 50) == colour("red")) is (fit != "actual")


def test_actual_size_follows_the_resolution_asked_for(run: Run, tmp_path: Path) -> None:
    path = _plain(tmp_path, "photo.png", "red", (144, 144))

    shown = _page(run("photos-to-pdf", path, page="a5", fit="actual", dpi=144).target)

    reds = sum(shown.getpixel((x, shown.height // 2)) == (255, 0, 0) for x in range(shown.width))
    assert 71 <= reds <= 74


@pytest.mark.parametrize(
    ("words", "box"),
    [
        ({"page": "a3"}, (1190.5512, 841.8898)),
        ({"page": "letter", "orientation": "portrait"}, (612, 792)),
        ({"page": "legal", "orientation": "landscape"}, (1008, 612)),
        ({"page": "custom", "paper_width": 100, "paper_height": 150}, (425.1969, 283.4646)),
        ({"dpi": 144}, (300, 150)),
    ],
)
def test_pages_of_every_size(
    run: Run, tmp_path: Path, words: dict[str, Any], box: tuple[float, float]
) -> None:
    path = _plain(tmp_path, "photo.png", "red", (600, 300))

    with pikepdf.open(run("photos-to-pdf", path, **words).target) as pdf:
        assert [float(edge) for edge in pdf.pages[0].MediaBox][2:] == pytest.approx(box)


def test_pages_have_a_background_and_numbers(run: Run, tmp_path: Path) -> None:
    paths = [_plain(tmp_path, f"{colour}.png", colour) for colour in COLOURS]

    target = run(
        "photos-to-pdf", *paths, page="a5", margin=0, numbers=True, background="#102030"
    ).target

    shown = _page(target)
    assert shown.getpixel((2, shown.height - 3)) == (16, 32, 48)
    with pymupdf.open(target) as pdf:
        assert [page.get_text().strip() for page in pdf] == ["1", "2", "3", "4", "5", "6"]


def test_bookmarks_lead_to_each_file(run: Run, tmp_path: Path) -> None:
    paths = [_plain(tmp_path, f"{name}.png", "red") for name in ("Straße", "(b)", "c", "d")]

    target = run("photos-to-pdf", *paths, page="a4", per_page=2, bookmarks=True).target

    with pymupdf.open(target) as pdf:
        found = [(title, page) for _, title, page in pdf.get_toc()]
    assert found == [("Straße.png", 1), ("(b).png", 1), ("c.png", 2), ("d.png", 2)]


def test_every_property_is_kept(run: Run, photo: Path) -> None:
    words = {"title": "T (1)", "author": "Ä", "subject": "S", "keywords": "one, two"}

    with pymupdf.open(run("photos-to-pdf", photo, **words).target) as pdf:
        assert {word: pdf.metadata[word] for word in words} == words


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("given", ["10.jpg", "9.jpg", "a.jpg", "B.jpg"]),
        ("name", ["9.jpg", "10.jpg", "a.jpg", "B.jpg"]),
        ("taken", ["B.jpg", "a.jpg", "9.jpg", "10.jpg"]),
    ],
)
def test_the_order_of_photos(run: Run, tmp_path: Path, order: str, names: list[str]) -> None:
    paths = []
    for name, year in (("10.jpg", 0), ("9.jpg", 0), ("a.jpg", 2020), ("B.jpg", 2010)):
        exif = Image.Exif()
        if year:
            exif.get_ifd(0x8769)[0x9003] = f"{year}:05:31 14:03:09"
        paths.append(tmp_path / name)
        Image.new("RGB", (30, 20)).save(paths[-1], exif=exif)

    with pymupdf.open(run("photos-to-pdf", *paths, order=order, bookmarks=True).target) as pdf:
        assert [title for _, title, _ in pdf.get_toc()] == names


def test_one_pdf_for_each_photo_is_one_to_one() -> None:
    operation = ops.load()["photos-to-pdf"]

    assert operation.shape(build(operation.options, {"each": True})) is Shape.ONE_TO_ONE
    assert operation.shape(operation.options()) is Shape.MANY_TO_ONE


def test_every_page_of_a_tiff_goes_in(run: Run, tmp_path: Path, photo: Path) -> None:
    path = tmp_path / "scan.tif"
    first, *others = [Image.new("RGB", (30, 20), colour) for colour in COLOURS]
    first.save(path, save_all=True, append_images=others, dpi=(72, 72))

    work = run("photos-to-pdf", path, photo, bookmarks=True)

    assert work.expected.pages == 7
    shown = [_page(work.target, number).getpixel((9, 9)) for number in range(6)]
    assert shown == [Image.new("RGB", (1, 1), name).getpixel((0, 0)) for name in COLOURS]
    with pymupdf.open(work.target) as pdf:
        assert [page for _, _, page in pdf.get_toc()] == [1, 7]


def test_only_the_first_picture_of_an_animation_goes_in_and_that_is_said(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (9, 9), colour) for colour in COLOURS]
    frames[0].save(path, save_all=True, append_images=frames[1:])

    work = run("photos-to-pdf", path)

    assert work.expected.pages == 1
    assert work.notes == ["Only the first picture in the file was used."]


@pytest.mark.parametrize(
    ("others", "suffix", "is_jpeg"),
    [
        ("lossless", ".webp", False),
        ("jpeg", ".webp", True),
        ("jpeg", ".png", True),
        ("auto", ".png", False),
    ],
)
def test_how_other_formats_are_stored(
    run: Run, tmp_path: Path, others: str, suffix: str, is_jpeg: bool
) -> None:
    path = tmp_path / f"photo{suffix}"
    _picture().resize((960, 640)).save(path)

    work = run("photos-to-pdf", path, others=others)

    assert (b"DCTDecode" in work.target.read_bytes()) is is_jpeg
    assert bool(work.notes) is is_jpeg


@pytest.mark.outside
def test_other_programs_find_nothing_wrong_with_everything_switched_on(
    run: Run, tmp_path: Path, photo: Path
) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    words = {"page": "a4", "per_page": 3, "numbers": True, "bookmarks": True, "fit": "fill"}

    target = run("photos-to-pdf", *[photo] * 4, title="Ä", background="#eeeeee", **words).target

    done = subprocess.run(["qpdf", "--check", target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
