"""Compressing PDFs: nothing changes without loss, pictures lose what was asked, sizes are met."""

import io
import random
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image, ImageChops, ImageStat

from desktopproc.core.errors import BadInputError, NeedsPasswordError, OutputError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
_SIDE = 600


def _photo(mode: str = "RGB") -> Image.Image:
    """Soft hills with some grain, so that a JPEG of it is neither tiny nor noise."""
    grain = Image.effect_noise((_SIDE, _SIDE), 20)
    ramp = Image.radial_gradient("L").resize((_SIDE, _SIDE))
    soft = Image.blend(ramp, grain, 0.15)
    bands = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    turned = [ImageChops.offset(soft, 90 * number, 40 * number) for number in range(bands)]
    return turned[0] if bands == 1 else Image.merge(mode, turned)


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def _report(path: Path, pages: int = 3) -> Path:
    """Text, bookmarks and a link, stored without any packing, with a font twice."""
    with pymupdf.open() as book:
        for number in range(pages):
            page = book.new_page()
            words = " ".join(random.Random(number).choices(["harbour", "light", "stone"], k=200))
            page.insert_textbox((50, 50, 500, 700), words)
        book.set_toc([[1, f"Part {number}", number] for number in range(1, pages + 1)])
        link = {"kind": pymupdf.LINK_GOTO, "page": pages - 1, "to": pymupdf.Point(0, 0)}
        book[0].insert_link({**link, "from": pymupdf.Rect(0, 0, 50, 50)})
        book.save(path)
    return path


def _pictures(path: Path, *streams: bytes | pikepdf.Stream, inches: float = 1.0) -> Path:
    """A page for each picture, shown so large."""
    with pymupdf.open() as book:
        for content in streams:
            page = book.new_page(width=300, height=300)
            edge = 72 * inches
            page.insert_image((0, 0, edge, edge), stream=content)
        book.save(path)
    return path


def _drawn(path: Path, page: int = 0) -> Image.Image:
    with pymupdf.open(path) as pdf:
        shown = pdf[page].get_pixmap(dpi=72)
        return Image.frombytes("RGB", (shown.width, shown.height), shown.samples)


def _difference(one: Path, two: Path, page: int = 0) -> float:
    """How far two pages are apart on average, in steps of 256."""
    return max(ImageStat.Stat(ImageChops.difference(_drawn(one, page), _drawn(two, page))).mean)


def _stored(path: Path) -> list[dict[str, Any]]:
    """What the dictionaries of the pictures on the pages say."""
    with pikepdf.open(path) as pdf:
        return [_plain(one) for page in pdf.pages for one in page.resources.XObject.values()]


def _plain(picture: Any) -> dict[str, Any]:
    found = {word: picture.get(word) for word in ("/Width", "/Height", "/Filter", "/ColorSpace")}
    words = {
        word: str(one) if isinstance(one, pikepdf.Object) else one for word, one in found.items()
    }
    mask = picture.get("/SMask")
    return words | ({"/SMask": _plain(mask)} if mask is not None else {})


def _words(path: Path) -> Counter[str]:
    with pymupdf.open(path) as pdf:
        return Counter(" ".join(page.get_text() for page in pdf).split())


def test_without_loss_everything_stays_but_the_size(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf", 12)

    work = run("compress-pdf", path)

    assert work.target.stat().st_size < path.stat().st_size * 0.7
    assert _words(work.target) == _words(path)
    assert ImageChops.difference(_drawn(work.target), _drawn(path)).getbbox() is None
    with pymupdf.open(path) as before, pymupdf.open(work.target) as after:
        assert after.get_toc() == before.get_toc()
        assert after[0].get_links()[0]["page"] == 11
    verify(work.target, work.expected)


def test_what_is_stored_twice_is_kept_once(run: Run, tmp_path: Path) -> None:
    path, photo = tmp_path / "a.pdf", _jpeg(_photo())
    with pikepdf.new() as pdf:
        for _ in range(3):
            page = pdf.add_blank_page()
            image = pikepdf.Stream(pdf, photo)
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.Width = image.Height = _SIDE
            image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
            image.Filter = pikepdf.Name.DCTDecode
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
            page.Contents = pikepdf.Stream(pdf, b"q 99 0 0 99 0 0 cm /I Do Q")
        pdf.save(path)

    target = run("compress-pdf", path).target

    assert target.stat().st_size < path.stat().st_size * 0.7
    assert [_difference(path, target, page) for page in range(3)] == [0, 0, 0]


def test_layers_and_fields_that_look_alike_remain_two(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as book:
        page = book.new_page()
        for place in (100, 200):
            layer = book.add_ocg("Same name", on=True)
            page.insert_text((50, place), "x" * 99, oc=layer)
        book.save(path)

    with pikepdf.open(run("compress-pdf", path).target) as pdf:
        layers = {layer.objgen for layer in pdf.Root.OCProperties.OCGs}
    assert len(layers) == 2


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("kind", ["jpeg", "flat"])
def test_pictures_lose_pixels_but_not_their_looks(
    run: Run, tmp_path: Path, mode: str, kind: str
) -> None:
    path, image = tmp_path / "a.pdf", _photo(mode)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 300))
        if kind == "jpeg":
            stream = pikepdf.Stream(pdf, _jpeg(image))
            stream.Filter = pikepdf.Name.DCTDecode
        else:
            stream = pikepdf.Stream(pdf, image.tobytes())
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width = stream.Height = _SIDE
        spaces = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
        stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name(spaces[mode]), 8
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
        page.Contents = pikepdf.Stream(pdf, b"q 72 0 0 72 0 0 cm /I Do Q")
        pdf.save(path)

    work = run("compress-pdf", path, pictures="screen")

    (stored,) = _stored(work.target)
    assert (stored["/Width"], stored["/Height"]) == (150, 150)
    assert stored["/Filter"] == "/DCTDecode"
    assert stored["/ColorSpace"] == spaces[mode]
    assert _difference(path, work.target) < 2
    assert work.notes == ["1 of 1 pictures are stored with less detail."]


def test_pictures_are_never_enlarged(run: Run, tmp_path: Path) -> None:
    path = _pictures(tmp_path / "a.pdf", _jpeg(_photo()), inches=4)  # 150 dpi

    (stored,) = _stored(run("compress-pdf", path, pictures="print").target)

    assert (stored["/Width"], stored["/Height"]) == (_SIDE, _SIDE)


def test_a_picture_is_as_fine_as_where_it_is_shown_largest(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as book:
        page = book.new_page(width=600, height=600)
        xref = page.insert_image((0, 0, 72, 72), stream=_jpeg(_photo()))
        page.insert_image((100, 100, 388, 388), xref=xref)  # 4 inches
        book.save(path)

    (stored, *_) = _stored(run("compress-pdf", path, pictures="email").target)

    assert stored["/Width"] == 4 * 96


def test_what_is_see_through_stays_so(run: Run, tmp_path: Path) -> None:
    image = _photo()
    image.putalpha(Image.linear_gradient("L").resize((_SIDE, _SIDE)))
    file = io.BytesIO()
    image.save(file, "PNG")
    path = _pictures(tmp_path / "a.pdf", file.getvalue())

    target = run("compress-pdf", path, pictures="email").target

    (stored,) = _stored(target)
    assert stored["/Width"] == 96
    assert stored["/SMask"]["/Width"] == 96
    assert stored["/SMask"]["/Filter"] == "/FlateDecode"
    assert _difference(path, target) < 2


def test_colours_that_stand_for_nothing_are_left_alone(run: Run, tmp_path: Path) -> None:
    path = _pictures(tmp_path / "a.pdf", _jpeg(_photo()))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        image.Mask = pikepdf.Array([0, 9, 0, 9, 0, 9])
        pdf.save(path)

    (stored,) = _stored(run("compress-pdf", path, pictures="email").target)

    assert stored["/Width"] == _SIDE


def _black_and_white(path: Path, packing: str, *, is_mask: bool) -> Path:
    """A fax-like page: blots anywhere and a solid corner, one bit a pixel."""
    image, chance = Image.new("1", (1200, 1200), 1), random.Random(3)
    for _ in range(300):
        left, top = chance.randrange(1200), chance.randrange(1200)
        image.paste(0, (left, top, left + chance.randrange(60), top + chance.randrange(60)))
    image.paste(0, (0, 0, 400, 400))
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 300))
        stream = pikepdf.Stream(pdf, image.tobytes())
        if packing == "fax":
            file = io.BytesIO()
            image.save(file, "TIFF", compression="group4", tiffinfo={278: 1200})
            with Image.open(file) as tiff:
                (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
            parms = pikepdf.Dictionary(K=-1, Columns=1200, Rows=1200, BlackIs1=True)
            content = file.getvalue()[start : start + length]
            stream.write(content, filter=pikepdf.Name.CCITTFaxDecode, decode_parms=parms)
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width = stream.Height = 1200
        stream.BitsPerComponent = 1
        if is_mask:
            stream.ImageMask = True
        else:
            stream.ColorSpace = pikepdf.Name.DeviceGray
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
        page.Contents = pikepdf.Stream(pdf, b"1 0 0 rg q 144 0 0 144 0 0 cm /I Do Q")
        pdf.save(path)
    return path


@pytest.mark.parametrize("is_mask", [False, True])
@pytest.mark.parametrize("packing", ["none", "fax"])
def test_black_and_white_becomes_fax(run: Run, tmp_path: Path, packing: str, is_mask: bool) -> None:
    path = _black_and_white(tmp_path / "a.pdf", packing, is_mask=is_mask)

    target = run("compress-pdf", path, pictures="email").target

    (stored,) = _stored(target)
    assert stored["/Width"] == 400
    assert stored["/Filter"] == "/CCITTFaxDecode"
    assert _difference(path, target) < 6  # seldom black, which counts the more


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_pictures_become_grey_on_request(run: Run, tmp_path: Path, mode: str) -> None:
    path = _pictures(tmp_path / "a.pdf", _jpeg(_photo(mode)))

    target = run("compress-pdf", path, grey=True).target

    (stored,) = _stored(target)
    assert stored["/ColorSpace"] == "/DeviceGray"
    shown, before = _drawn(target).resize((20, 20)), _drawn(path).convert("L").resize((20, 20))
    assert ImageStat.Stat(ImageChops.difference(shown.convert("L"), before)).mean[0] < 12


def test_a_size_is_met_with_the_best_pictures_that_fit(run: Run, tmp_path: Path) -> None:
    path = _pictures(tmp_path / "a.pdf", *[_jpeg(_photo())] * 2, inches=2)
    most = path.stat().st_size // 3

    work = run("compress-pdf", path, target_size=f"{most}")

    assert most / 4 < work.target.stat().st_size <= most
    assert "dpi and quality" in work.notes[0]


def test_a_size_that_packing_alone_meets_touches_no_picture(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf")

    work = run("compress-pdf", path, target_size="90%")

    assert work.target.stat().st_size <= path.stat().st_size * 0.9
    assert work.notes[0].startswith("The size was met without touching pictures")


@pytest.mark.parametrize("has_pictures", [False, True])
def test_a_size_that_cannot_be_met_is_an_error(
    run: Run, tmp_path: Path, has_pictures: bool
) -> None:
    path = tmp_path / "a.pdf"
    path = _pictures(path, _jpeg(_photo())) if has_pictures else _report(path)

    with pytest.raises(OutputError, match=r"so 500 bytes cannot be met"):
        run("compress-pdf", path, target_size="500")


def test_the_original_is_taken_where_nothing_is_won(run: Run, tmp_path: Path) -> None:
    small = run("compress-pdf", _report(tmp_path / "a.pdf"), effort="small").target

    work = run("compress-pdf", small)

    assert work.target.read_bytes() == small.read_bytes()
    assert work.notes == ["The original was taken: the result would not be smaller."]
    skipped = run("compress-pdf", small, if_larger="skip")
    assert not skipped.target.exists()
    assert skipped.reason == f"{small.name} would not get smaller and was left out."


def test_the_smallest_files_hold_the_same(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf", 8)

    small, usual = run("compress-pdf", path, effort="small"), run("compress-pdf", path)

    assert small.target.stat().st_size < usual.target.stat().st_size
    assert _words(small.target) == _words(path)


def test_metadata_and_thumbnails_go_on_request(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Author"] = "Ann Nobody"
        pdf.pages[0].obj.Thumb = pikepdf.Stream(pdf, b"thumb")
        pdf.save(path)

    with pikepdf.open(run("compress-pdf", path, metadata=True, thumbnails=True).target) as pdf:
        assert "/Author" not in pdf.docinfo
        assert "/Thumb" not in pdf.pages[0].obj
    with pikepdf.open(run("compress-pdf", path).target) as pdf:
        assert str(pdf.docinfo["/Author"]) == "Ann Nobody"
        assert "/Thumb" in pdf.pages[0].obj


def test_web_view_puts_the_first_page_first(run: Run, tmp_path: Path) -> None:
    with pikepdf.open(run("compress-pdf", _report(tmp_path / "a.pdf"), linearize=True).target) as p:
        assert p.is_linearized


def test_a_signed_document_is_refused_unless_that_is_allowed(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        signature = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, Contents=b"x"))
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=signature, T=b"s")
        fields = pikepdf.Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=fields, SigFlags=3)
        pdf.save(path)

    with pytest.raises(BadInputError, match=r"a\.pdf is signed"):
        run("compress-pdf", path)
    work = run("compress-pdf", path, break_signatures=True)
    assert work.notes == ["a.pdf was signed; the signature does not hold for the result."]


def test_a_damaged_document_is_mended_and_told(run: Run, tmp_path: Path) -> None:
    path = _report(tmp_path / "a.pdf")
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"xref")])

    work = run("compress-pdf", path)

    assert _words(work.target).total() == 600
    assert "a.pdf is damaged and was repaired while reading; check the result." in work.notes


def test_a_protected_document_needs_its_password(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    with pikepdf.open(_report(tmp_path / "a.pdf")) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))

    with pytest.raises(NeedsPasswordError, match=r"secret\.pdf is password-protected"):
        run("compress-pdf", secret)


def test_passwords_open_a_protected_document(run: Run, tmp_path: Path) -> None:
    secret, path = tmp_path / "secret.pdf", _report(tmp_path / "a.pdf")
    with pikepdf.open(path) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))

    work = run("compress-pdf", secret, passwords=("wrong", "x"))

    assert _words(work.target) == _words(path)
    assert "secret.pdf was opened with its password; the result has none." in work.notes


def test_streams_made_to_fill_the_memory_are_left_packed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    with pikepdf.open(_report(tmp_path / "a.pdf")) as pdf:
        bomb = zlib.compress(bytes(90 << 20), 1)
        pdf.Root.Bomb = pikepdf.Stream(pdf, bomb)
        pdf.Root.Bomb.Filter = pikepdf.Name.FlateDecode
        pdf.save(path)

    with pikepdf.open(run("compress-pdf", path).target) as pdf:
        assert pdf.Root.Bomb.read_raw_bytes() == bomb


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path = _pictures(tmp_path / "a.pdf", _jpeg(_photo()))

    for wish in ({}, {"pictures": "email"}, {"linearize": True}, {"grey": True}):
        target = run("compress-pdf", path, **wish).target
        done = subprocess.run(["qpdf", "--check", target], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
