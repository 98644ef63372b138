"""Finds out which libraries are here, and what cannot be done without the others."""

import ctypes
import ctypes.util
import sys
from dataclasses import dataclass

_LIBRARIES = {
    "PySide6-Essentials": "The window cannot be opened",
    "pillow": "Photos cannot be opened",
    "pillow-heif": "HEIC photos cannot be opened",
    "pyvips": "Very large photos, photos of 16 bits a colour and SVG cannot be opened",
    "pyvips-binary": "Very large photos, photos of 16 bits a colour and SVG cannot be opened",
    "mozjpeg-lossless-optimization": "JPEGs cannot be made smaller without loss",
    "pyoxipng": "PNGs cannot be made smaller without loss",
    "cryptography": "Passwords cannot be kept for batches",
    "msoffcrypto-tool": "Protected Word files cannot be opened",
    "blake3": "Copies cannot be compared with what they were made of",
    "pymupdf": "PDF files cannot be opened",
    "pypdfium2": "PDF pages cannot be drawn",
    "pikepdf": "PDF files cannot be joined",
    "deflate": "PDFs cannot be packed as small",
    "babel": "Numbers, dates and money cannot be written as people there do",
    "openpyxl": "Rows of spreadsheets cannot be read",
    "segno": "Payment codes cannot be drawn",
    "xlsxwriter": "Tables cannot be written for spreadsheet programs",
    "platformdirs": "Settings and the queue have no place",
    "psutil": "Memory and drives cannot be told",
    "rich": "Progress cannot be shown in a terminal",
    "shtab": "Completion of commands cannot be written",
    "tomlkit": "Settings and presets cannot be saved",
}
_EXTRAS = {
    "rawpy": ("raw", "Camera RAW photos cannot be developed"),
    "rapidocr": ("ocr", "Text in pictures cannot be read without Tesseract"),
    "onnxruntime": ("ocr", "Text in pictures cannot be read without Tesseract"),
    "pillow-jxl-plugin": ("jxl", "JPEG XL cannot be opened or made"),
}
DISTRIBUTIONS = frozenset(_LIBRARIES.keys() | _EXTRAS.keys()) - {"PySide6-Essentials", "shtab"}
"""What results are made with, as package indexes call it."""
_TURBO = "JPEGs cannot be turned without loss"


@dataclass(frozen=True, slots=True)
class Part:
    """A library: its version where it is here and loads, else what is lost and what to do."""

    name: str
    version: str | None
    advice: str | None = None


def required() -> list[Part]:
    """What comes with the program; one that is not here is a fault of the installation."""
    return [
        Part(name, found, None)
        if (found := _version(name))
        else Part(name, None, f"{name} is not installed. {lost}. Install desktopproc again.")
        for name, lost in _LIBRARIES.items()
    ]


def optional() -> list[Part]:
    """What makes more possible: the extras, and what the system brings."""
    parts = []
    # a package cannot be added to, but the program can be had with the extra
    pip = "pipx" if getattr(sys, "frozen", False) else "pip"
    for name, (extra, lost) in _EXTRAS.items():
        found = _version(name)
        advice = f"{lost}. Install with: {pip} install 'desktopproc[{extra}]'"
        parts.append(Part(name, found, None if found else advice))
    return [*parts, _turbojpeg()]


def libvips() -> Part:
    """The library below pyvips, which has a version of its own."""
    try:
        import pyvips  # deferred: loads a large library
    except (ImportError, OSError):
        lost = _LIBRARIES["pyvips"]
        return Part(
            "libvips", None, f"libvips cannot be loaded. {lost}. Install desktopproc again."
        )
    return Part("libvips", ".".join(str(pyvips.version(part)) for part in range(3)))


def _turbojpeg() -> Part:
    """Comes from the system, so where it is tells more than a version, which it does not say."""
    found = ctypes.util.find_library("turbojpeg")
    try:
        if found is not None:
            ctypes.CDLL(found)
    except OSError:
        found = None
    install = "Install libturbojpeg, on Debian and Ubuntu: sudo apt install libturbojpeg0"
    return Part("libturbojpeg", found, None if found else f"{_TURBO}. {install}")


def _version(name: str) -> str | None:
    from importlib import metadata  # deferred: only `doctor` asks

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
