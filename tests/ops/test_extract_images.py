"""Pictures out of PDFs: the streams as they are, decoded only where no file can hold them."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageDraw

from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
Name = pikepdf.Name


def _image(pdf: pikepdf.Pdf, content: bytes, size: tuple[int, int], **words: Any) -> Any:
    usual = {"ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}
    stream = pikepdf.Stream(pdf, content)
    for key, value in {**usual, **words}.items():
        if value is not None:
            stream[f"/{key}"] = value
    stream["/Type"], stream["/Subtype"] = Name.XObject, Name.Image
    stream["/Width"], stream["/Height"] = size
    return stream


@pytest.fixture
def bound(tmp_path: Path) -> Callable[..., Path]:
    """A PDF with a page for each list of pictures that a function makes in it."""

    def bind(make: Callable[[pikepdf.Pdf], list[list[Any]]], drawing: bytes = b"") -> Path:
        path = tmp_path / "doc.pdf"
        with pikepdf.new() as pdf:
            for pictures in make(pdf):
                page = pdf.add_blank_page()
                named = {f"/P{n}": one for n, one in enumerate(pictures)}
                page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(named))
                shown = b" ".join(b"q 9 0 0 9 0 0 cm /P%d Do Q" % n for n in range(len(pictures)))
                page.obj.Contents = pdf.make_stream(shown + drawing)
            pdf.save(path)
        return path

    return bind


def _files(work: Work[Any]) -> dict[str, bytes]:
    verify(work.target, work.expected)
    return {path.name: path.read_bytes() for path in sorted(work.target.iterdir())}


def _opened(content: bytes) -> Any:
    image: Any = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_jpegs_come_out_byte_for_byte_and_once(
    run: Run, bound: Callable[..., Path], jpeg_bytes: Callable[..., bytes]
) -> None:
    one, two = jpeg_bytes((40, 30)), jpeg_bytes((50, 40))

    def make(pdf: pikepdf.Pdf) -> list[list[Any]]:
        logo = pdf.make_indirect(_image(pdf, one, (40, 30), Filter=Name.DCTDecode))
        packed = _image(
            pdf, zlib.compress(two), (50, 40), Filter=[Name.FlateDecode, Name.DCTDecode]
        )
        return [[logo], [logo, packed], [logo]]

    files = _files(run("extract-images", bound(make)))

    assert list(files) == ["doc-001-01.jpg", "doc-002-01.jpg"]
    assert files["doc-001-01.jpg"] == one
    assert _opened(files["doc-002-01.jpg"]).tobytes() == _opened(two).tobytes()


def test_jpeg_2000_comes_out_as_it_is(run: Run, bound: Callable[..., Path]) -> None:
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(buffer, "JPEG2000")
    content = buffer.getvalue()

    path = bound(
        lambda pdf: [[_image(pdf, content, (256, 256), Filter=Name.JPXDecode, ColorSpace=None)]]
    )

    assert _files(run("extract-images", path)) == {"doc-001-01.jp2": content}


@pytest.mark.parametrize("is_inverted", [False, True])
def test_a_fax_becomes_a_tiff_without_being_decoded(
    run: Run, bound: Callable[..., Path], is_inverted: bool
) -> None:
    page = Image.new("1", (200, 100), 1)  # Pillow packs what is black as white: 0 is black to it
    ImageDraw.Draw(page).ellipse((20, 20, 120, 80), fill=0)
    buffer = io.BytesIO()
    page.save(buffer, "TIFF", compression="group4", tiffinfo={278: 100})
    with Image.open(io.BytesIO(buffer.getvalue())) as tiff:
        (at,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
    content = buffer.getvalue()[at : at + length]
    words = pikepdf.Dictionary(K=-1, Columns=200, Rows=100, BlackIs1=is_inverted)

    path = bound(
        lambda pdf: [
            [
                _image(
                    pdf,
                    content,
                    (200, 100),
                    Filter=Name.CCITTFaxDecode,
                    DecodeParms=words,
                    BitsPerComponent=1,
                    ColorSpace=Name.DeviceGray,
                )
            ]
        ]
    )
    files = _files(run("extract-images", path))

    (name,) = files
    assert name == "doc-001-01.tif"
    assert content in files[name]
    shown = _opened(files[name])
    assert shown.info["compression"] == "group4"
    colours = shown.convert("L")
    assert colours.getpixel((70, 50)) == (0 if is_inverted else 255)
    assert colours.getpixel((5, 5)) == (255 if is_inverted else 0)


def _samples(mode: str = "RGB") -> Image.Image:
    across = Image.linear_gradient("L").resize((60, 40))
    down = across.transpose(Image.Transpose.ROTATE_180)
    bands = [across, down, across, down]
    return Image.merge(mode, bands[: len(mode)]) if len(mode) > 1 else across


def test_raw_pixels_keep_their_values_and_their_profile(
    run: Run, bound: Callable[..., Path]
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    def make(pdf: pikepdf.Pdf) -> list[list[Any]]:
        space = pikepdf.Array([Name.ICCBased, pikepdf.Stream(pdf, profile, N=3)])
        palette = pikepdf.Array([Name.Indexed, Name.DeviceRGB, 1, b"\xff\0\0\0\0\xff"])
        two = _image(pdf, b"\x40", (2, 1), ColorSpace=palette, BitsPerComponent=1)
        return [
            [_image(pdf, _samples().tobytes(), (60, 40), ColorSpace=space), two],
            [_image(pdf, _samples("CMYK").tobytes(), (60, 40), ColorSpace=Name.DeviceCMYK)],
        ]

    files = _files(run("extract-images", bound(make)))

    assert list(files) == ["doc-001-01.png", "doc-001-02.png", "doc-002-01.tif"]
    raw = _opened(files["doc-001-01.png"])
    assert raw.tobytes() == _samples().tobytes()
    assert raw.info["icc_profile"] == profile
    two = _opened(files["doc-001-02.png"]).convert("RGB")
    assert [two.getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]
    cmyk = _opened(files["doc-002-01.tif"])
    assert (cmyk.mode, cmyk.tobytes()) == ("CMYK", _samples("CMYK").tobytes())


@pytest.mark.parametrize(
    ("masks", "names"),
    [
        ("apply", ["doc-001-01.png"]),
        ("beside", ["doc-001-01-mask.png", "doc-001-01.jpg"]),
        ("leave", ["doc-001-01.jpg"]),
    ],
)
def test_masks_are_applied_put_beside_or_left(
    run: Run,
    bound: Callable[..., Path],
    jpeg_bytes: Callable[..., bytes],
    masks: str,
    names: list[str],
) -> None:
    content = jpeg_bytes((60, 40))
    soft = Image.linear_gradient("L").resize((60, 40)).tobytes()

    def make(pdf: pikepdf.Pdf) -> list[list[Any]]:
        mask = pdf.make_indirect(_image(pdf, soft, (60, 40), ColorSpace=Name.DeviceGray))
        return [[_image(pdf, content, (60, 40), Filter=Name.DCTDecode, SMask=mask)]]

    files = _files(run("extract-images", bound(make), masks=masks))

    assert list(files) == names
    if masks == "apply":
        shown = _opened(files[names[0]])
        assert shown.mode == "RGBA"
        assert shown.getchannel("A").tobytes() == soft
    else:
        assert files["doc-001-01.jpg"] == content


def test_pictures_within_the_page_and_within_forms_are_found(
    run: Run, bound: Callable[..., Path], jpeg_bytes: Callable[..., bytes]
) -> None:
    inline = b" q 9 0 0 9 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\x50\xa0\xff EI Q"

    def make(pdf: pikepdf.Pdf) -> list[list[Any]]:
        inner = _image(pdf, jpeg_bytes((40, 30)), (40, 30), Filter=Name.DCTDecode)
        form = pikepdf.Stream(pdf, b"/X Do")
        form["/Type"], form["/Subtype"] = Name.XObject, Name.Form
        form["/BBox"] = [0, 0, 10, 10]
        form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        return [[form]]

    files = _files(run("extract-images", bound(make, inline)))

    assert list(files) == ["doc-001-01.jpg", "doc-001-02.png"]
    grey = _opened(files["doc-001-02.png"]).convert("L")
    assert list(grey.tobytes()) == [0, 0x50, 0xA0, 0xFF]


def test_small_ones_can_be_left_out_and_none_is_told(
    run: Run, bound: Callable[..., Path], document: Path
) -> None:
    path = bound(lambda pdf: [[_image(pdf, bytes(12), (2, 2)), _image(pdf, bytes(1200), (20, 20))]])

    assert list(_files(run("extract-images", path, smallest=10))) == ["doc-001-01.png"]
    work = run("extract-images", document)
    assert work.reason == "paper.pdf holds no pictures."


def test_a_picture_that_cannot_be_read_costs_only_itself(
    run: Run, bound: Callable[..., Path]
) -> None:
    def make(pdf: pikepdf.Pdf) -> list[list[Any]]:
        huge = _image(pdf, bytes(12), (200_000, 200_000))
        return [[huge, _image(pdf, bytes(12), (2, 2))]]

    work = run("extract-images", bound(make))

    assert list(_files(work)) == ["doc-001-01.png"]
    (note,) = work.notes
    assert "200,000 x 200,000 pixels" in note
