"""Samples and a bench to run one operation on, without an engine."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from desktopproc import ops
from desktopproc.core.operation import Shape, Source, Work
from desktopproc.core.schema import build
from tests.word_files import word_bytes

Run = Callable[..., Work[Any]]


def _make_work(
    name: str,
    sources: Sequence[Path],
    folder: Path,
    max_pixels: int = 200_000_000,
    passwords: Sequence[str] = (),
    **options: Any,
) -> Work[Any]:
    """The work that the engine would hand over: a temporary name with the right suffix.

    Of a data file it is the first item that there is.
    """
    operation = ops.load()[name]
    built: object = build(operation.options, options)
    if operation.shape(built) is Shape.ONE_TO_FOLDER:
        target = folder / "result.part"
        target.mkdir()
    else:
        target = folder / f"result.part{operation.suffix(built, sources[0])}"
    more = [
        folder / f"result-{number}.part{output.suffix}"
        for number, output in enumerate(operation.outputs(built, sources[0])[1:], 1)
    ]
    items = operation.items_in(built, sources[0])
    return Work(
        [Source(path) for path in sources],
        target,
        built,
        max_pixels=max_pixels,
        more_targets=more,
        passwords=tuple(passwords),
        item=None if items is None else next(iter(items)).number,
    )


@pytest.fixture
def make_work() -> Callable[..., Work[Any]]:
    return _make_work


@pytest.fixture
def jpeg_bytes() -> Callable[..., bytes]:
    return _jpeg_bytes


@pytest.fixture
def pdf_bytes() -> Callable[..., bytes]:
    return _pdf_bytes


@pytest.fixture
def docx_bytes() -> Callable[..., bytes]:
    return word_bytes


@pytest.fixture
def data_bytes() -> Callable[..., bytes]:
    return _data_bytes


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run an operation to its end: `run("thumbnail", photo, size=64).target` is the result."""

    def to_the_end(
        name: str,
        *sources: Path,
        max_pixels: int = 200_000_000,
        passwords: Sequence[str] = (),
        **options: Any,
    ) -> Any:
        folder = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        work = _make_work(name, sources, folder, max_pixels, passwords, **options)
        for _ in ops.load()[name].run(work):
            pass
        return work

    return to_the_end


def _jpeg_bytes(size: tuple[int, int] = (640, 480), **words: Any) -> bytes:
    """A photo-like JPEG: smooth colours with a bright top left corner."""
    from PIL import Image

    across = Image.linear_gradient("L").resize(size)
    down = Image.linear_gradient("L").rotate(90).resize(size)
    image = Image.merge("RGB", (across, down, Image.new("L", size, 90)))
    image.paste((250, 250, 250), (0, 0, size[0] // 4, size[1] // 4))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **({"quality": 90} | words))
    return buffer.getvalue()


def _pdf_bytes(pages: int = 3, picture: bytes = b"") -> bytes:
    """A PDF with "Page N of the sample" on each page, and a picture on the last if there is one."""
    import pymupdf

    document = pymupdf.open()
    for number in range(1, pages + 1):
        document.new_page(width=300, height=200).insert_text(
            (40, 60), f"Page {number} of the sample"
        )
    if picture:
        document[-1].insert_image(pymupdf.Rect(100, 100, 200, 175), stream=picture)
    content: bytes = document.tobytes()
    document.close()
    return content


def _data_bytes() -> bytes:
    """A CSV of two invoices, the first of two lines."""
    rows = (
        "number,date,customer,description,quantity,price,tax",
        "2026-1,2026-03-04,Müller & Söhne,Walnut desk,2,1249.00,19",
        "2026-1,,,Delivery,1.5,60.00,19",
        "2026-2,2026-03-05,Smith Ltd,Lamp,3,80.00,19",
    )
    return "\n".join(rows).encode()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(_jpeg_bytes())
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(_pdf_bytes())
    return path
