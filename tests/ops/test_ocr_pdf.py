"""Scans become searchable: what needs no engine, and what a bad engine may do."""

import io
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image

from desktopproc import ops
from desktopproc.core.errors import BadInputError, MissingProgramError, WorkerError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify
from tests.ops import tesseract_stand_in
from tests.ops.tesseract_stand_in import needs_scripts

Run = Callable[..., Work[Any]]
Engine = Callable[[str], None]


def _scan(path: Path, *texts: str, **words: Any) -> Path:
    """A PDF whose pages are pictures of a line of text; "" is a blank page."""
    with pymupdf.open() as pdf:
        for text in texts:
            page = pdf.new_page(width=300, height=200)
            page.insert_image(page.rect, stream=_picture(text))
        pdf.set_metadata({"title": "Box 7", "author": "Archive"})
        pdf.set_toc([[1, "Start", 1]])
        pdf.save(path, **words)
    return path


def _picture(text: str) -> bytes:
    with pymupdf.open() as drawn:
        page = drawn.new_page(width=300, height=200)
        page.insert_text((30, 60), text, fontsize=14)
        picture: bytes = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY).tobytes("jpeg")
        return picture


def _text(path: Path) -> str:
    with pymupdf.open(path) as pdf:
        return "\f".join(page.get_text() for page in pdf)


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPPROC_TESSERACT", "none")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A program in Tesseract's place; see `tesseract_stand_in`."""

    def install(code: str) -> None:
        program = tesseract_stand_in.install(tmp_path, code)
        monkeypatch.setenv("DESKTOPPROC_TESSERACT", str(program))

    return install


def test_pages_with_text_need_no_engine_and_keep_every_byte(
    run: Run, document: Path, no_engine: None
) -> None:
    work = run("ocr-pdf", document)

    assert work.target.read_bytes() == document.read_bytes()
    assert work.notes == ["All pages have text already; nothing was recognized."]


def test_a_damaged_pdf_is_mended_though_nothing_is_recognized(
    run: Run, document: Path, no_engine: None
) -> None:
    content = document.read_bytes()
    document.write_bytes(content[: content.rindex(b"xref")])

    work = run("ocr-pdf", document)

    verify(work.target, work.expected)
    assert any("damaged" in note or "mended" in note for note in work.notes), work.notes


def test_blank_pages_need_no_engine(run: Run, tmp_path: Path, no_engine: None) -> None:
    work = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "", ""))

    assert work.notes == ["Pages 1-2 are blank."]
    verify(work.target, work.expected)


def test_without_an_engine_the_sentence_says_how_to_install_one(
    run: Run, tmp_path: Path, no_engine: None
) -> None:
    with pytest.raises(MissingProgramError, match=r"needs Tesseract.*Install it.*\.$") as caught:
        run("ocr-pdf", _scan(tmp_path / "scan.pdf", "Some words"))

    assert caught.value.code == "missing-program"


@needs_scripts
def test_a_language_that_is_not_there_is_named(run: Run, tmp_path: Path, stand_in: Engine) -> None:
    stand_in("answer('never')")

    with pytest.raises(MissingProgramError, match=r"no data for deu here \(it has: eng\).*\.$"):
        run("ocr-pdf", _scan(tmp_path / "scan.pdf", "Some words"), language="de+en")


@needs_scripts
def test_the_engine_gets_the_languages_and_the_resolution_of_the_scan(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer(words[words.index('-l') + 1], words[words.index('--dpi') + 1])")

    work = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "Some words"), language="en")

    assert _text(work.target).split() == ["eng", "200"]


@needs_scripts
def test_pages_with_text_are_left_and_counted_and_all_else_is_kept(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer('Read', 'here')")
    path = _scan(tmp_path / "scan.pdf", "One", "Two", "")
    with pymupdf.open(path) as pdf:
        pdf[0].insert_link(
            {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(9, 9, 50, 50), "uri": "https://a.test"}
        )
        pdf.new_page(width=300, height=200).insert_text((30, 60), "Typed text")
        pdf.saveIncr()

    work = run("ocr-pdf", path)

    verify(work.target, work.expected)
    with pymupdf.open(work.target) as made, pymupdf.open(path) as before:
        assert [page.get_text().split() for page in made] == [
            ["Read", "here"],
            ["Read", "here"],
            [],
            ["Typed", "text"],
        ]
        assert made.get_toc() == before.get_toc() != []
        assert made.metadata["title"] == "Box 7"
        assert made[0].get_links()[0]["uri"] == "https://a.test"
        assert [page.rect for page in made] == [page.rect for page in before]
        for new, old in zip(made, before, strict=True):
            assert new.get_pixmap(dpi=100).samples == old.get_pixmap(dpi=100).samples
    assert work.notes == [
        "1 of 4 pages have text already and were left as they are.",
        "Page 3 is blank.",
    ]


@needs_scripts
def test_pictures_are_kept_as_they_are_stored(run: Run, tmp_path: Path, stand_in: Engine) -> None:
    stand_in("answer('Read')")
    path = _scan(tmp_path / "scan.pdf", "One")

    work = run("ocr-pdf", path, deskew=True)

    def stored(file: Path) -> list[bytes]:
        with pikepdf.open(file) as pdf:
            return [image.read_raw_bytes() for image in pdf.pages[0].get_images().values()]

    assert stored(work.target) == stored(path)


@needs_scripts
def test_a_stamp_on_a_scan_does_not_hide_that_it_is_one(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer('STAMP', 'Letter')")
    path = _scan(tmp_path / "scan.pdf", "One")
    with pymupdf.open(path) as pdf:
        # over the place in which the engine reads the word: 100 to 280 pixels at 200 dpi
        pdf[0].insert_text((37, 48), "STAMP", fontsize=16)
        pdf.saveIncr()

    work = run("ocr-pdf", path, result="both")

    assert Counter(_text(work.target).split()) == {"STAMP": 1, "Letter": 1}
    assert work.more_targets[0].read_text("utf-8").split() == ["STAMP", "Letter"]


@needs_scripts
def test_redo_replaces_the_layer_of_an_earlier_recognition(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer('Older', 'reading')")
    older = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "One")).target
    stand_in("answer('Newer', 'reading')")

    skipped = run("ocr-pdf", older)
    redone = run("ocr-pdf", older, existing="redo")

    assert _text(skipped.target).split() == ["Older", "reading"]
    assert _text(redone.target).split() == ["Newer", "reading"]


@needs_scripts
@pytest.mark.parametrize("rotation", [0, 90])
def test_force_makes_a_picture_of_real_text(
    run: Run, document: Path, stand_in: Engine, tmp_path: Path, rotation: int
) -> None:
    stand_in("answer('Read', 'anew')")
    with pymupdf.open(document) as pdf:
        pdf[0].set_rotation(rotation)
        pdf.saveIncr()

    work = run("ocr-pdf", document, existing="force", pages="1", rotate=False)

    with pymupdf.open(work.target) as made, pymupdf.open(document) as before:
        assert made[0].get_text().split() == ["Read", "anew"]
        assert made[1].get_text() == before[1].get_text()
        new, old = (
            Image.frombytes("L", (shown.width, shown.height), bytes(shown.samples)).point(
                [0] * 128 + [255] * 128
            )
            for shown in (
                pdf[0].get_pixmap(dpi=72, colorspace=pymupdf.csGRAY) for pdf in (made, before)
            )
        )
    assert new.size == old.size
    differing = sum(a != b for a, b in zip(new.tobytes(), old.tobytes(), strict=True))
    assert differing < 0.01 * new.width * new.height


@needs_scripts
def test_a_page_that_fails_is_named_and_the_others_are_delivered(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in(
        f"""
        seen = {str(tmp_path / "seen")!r}
        with open(seen, "a") as file:
            file.write(".")
        if os.path.getsize(seen) == 2:
            sys.exit("Image too large")
        answer("Read")
        """
    )

    work = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "One", "Two", "Three"))

    assert _text(work.target).split("\f") == ["Read\n", "", "Read\n"]
    assert work.notes == ["Page 2 got no text: Tesseract failed (Image too large)."]


@needs_scripts
def test_an_engine_that_hangs_is_ended_and_told(run: Run, tmp_path: Path, stand_in: Engine) -> None:
    stand_in("signal.pause()")

    with pytest.raises(BadInputError, match="got no text: Tesseract took longer than 1 s"):
        run("ocr-pdf", _scan(tmp_path / "scan.pdf", "One"), page_timeout=1)


@needs_scripts
def test_an_engine_that_fails_again_and_again_is_not_asked_for_every_page(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("sys.exit('Illegal instruction')")

    with pytest.raises(WorkerError, match="3 pages in a row"):
        run("ocr-pdf", _scan(tmp_path / "scan.pdf", *["One"] * 9))


@needs_scripts
def test_stopping_in_the_middle_of_a_page_leaves_no_process_and_no_file(
    make_work: Callable[..., Work[Any]], tmp_path: Path, stand_in: Engine
) -> None:
    stand_in(
        f"""
        with open({str(tmp_path / "pid")!r}, "w") as file:
            file.write(str(os.getpid()))
        os.rename({str(tmp_path / "pid")!r}, {str(tmp_path / "ready")!r})
        signal.pause()
        """
    )
    (tmp_path / "out").mkdir()
    work = make_work("ocr-pdf", [_scan(tmp_path / "scan.pdf", "One")], tmp_path / "out")
    steps = ops.load()["ocr-pdf"].run(work)
    while not (tmp_path / "ready").exists():
        next(steps)

    steps.close()  # type: ignore[attr-defined]

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "ready").read_text()), 0)
    assert not list((tmp_path / "out").iterdir())


@needs_scripts
def test_a_page_that_is_poorly_read_upright_is_tried_on_its_head(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    # the picture's text is in its upper half: the stand-in reads well what has its ink below
    stand_in(
        """
        _, size, _, samples = page.split(b"\\n", 3)
        upper, lower = samples[: len(samples) // 2], samples[len(samples) // 2 :]
        is_upright = sum(lower) < sum(upper)
        answer("Certainly", "readable", sure=95 if is_upright else 20)
        """
    )

    work = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "One"))

    assert work.notes == ["Page 1 was turned upright."]
    with pikepdf.open(work.target) as pdf:
        assert pdf.pages[0].obj.Rotate == 180
    assert _text(work.target).split() == ["Certainly", "readable"]


@needs_scripts
def test_what_is_read_without_certainty_is_told_and_noise_is_not_kept(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    path = _scan(tmp_path / "scan.pdf", "One")

    stand_in("answer('Perhaps', sure=50)")
    poor = run("ocr-pdf", path)
    stand_in("answer('*#!', sure=12)")
    noise = run("ocr-pdf", path)

    assert poor.notes == ["Page 1 was hard to read (50 % sure); check the text."]
    assert noise.notes == ["No text was found on page 1."]
    assert _text(noise.target) == ""


@needs_scripts
def test_only_the_pages_asked_for_are_recognized(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer('Read')")

    work = run("ocr-pdf", _scan(tmp_path / "scan.pdf", "One", "Two", "Three"), pages="2-")

    assert _text(work.target).split("\f") == ["", "Read\n", "Read\n"]


@needs_scripts
def test_every_page_of_a_tiff_becomes_a_page(run: Run, tmp_path: Path, stand_in: Engine) -> None:
    stand_in("answer('Read')")
    first, second = (Image.open(io.BytesIO(_picture(text))) for text in ("One", "Two"))
    path = tmp_path / "fax.tiff"
    first.save(path, save_all=True, append_images=[second], dpi=(200, 200))

    work = run("ocr-pdf", path)

    assert _text(work.target).split() == ["Read", "Read"]
    with pymupdf.open(work.target) as made:
        assert [tuple(round(edge) for edge in page.rect) for page in made] == [(0, 0, 300, 200)] * 2
    assert work.notes == []


@needs_scripts
def test_a_photo_without_a_size_is_put_on_a4_as_it_is(
    run: Run, tmp_path: Path, stand_in: Engine
) -> None:
    stand_in("answer('Read')")
    path = tmp_path / "photo.jpg"
    path.write_bytes(_picture("One"))
    with Image.open(path) as image:
        image.save(path, dpi=(1, 1))

    work = run("ocr-pdf", path)

    with pymupdf.open(work.target) as made:
        assert made[0].rect.width == pytest.approx(842, abs=1)
        (picture,) = made[0].get_images()
        assert made.extract_image(picture[0])["image"] == path.read_bytes()
    assert work.notes == ["photo.jpg does not say how large its paper is; A4 was assumed."]


@needs_scripts
def test_a_signature_that_breaks_is_told(run: Run, tmp_path: Path, stand_in: Engine) -> None:
    stand_in("answer('Read')")
    path = _scan(tmp_path / "scan.pdf", "One")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]), SigFlags=3)
        pdf.save()

    work = run("ocr-pdf", path)

    assert work.notes == ["The PDF was signed; its signature does not hold for the result."]
