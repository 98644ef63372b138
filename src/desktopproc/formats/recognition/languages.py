"""Knows the languages by the codes that Tesseract uses, and how their data is installed."""

import shutil
import sys

from desktopproc.core.errors import MissingProgramError

PATTERN = r"\s*[A-Za-z_]+(\s*[+, ]\s*[A-Za-z_]+)*\s*"
EXAMPLE = "eng or deu+eng"
DEFAULT = "eng"

_CODES = {
    "ar": "ara",
    "bg": "bul",
    "ca": "cat",
    "cs": "ces",
    "cy": "cym",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "et": "est",
    "eu": "eus",
    "fa": "fas",
    "fi": "fin",
    "fr": "fra",
    "ga": "gle",
    "gl": "glg",
    "he": "heb",
    "hi": "hin",
    "hr": "hrv",
    "hu": "hun",
    "hy": "hye",
    "id": "ind",
    "is": "isl",
    "it": "ita",
    "ja": "jpn",
    "ka": "kat",
    "ko": "kor",
    "la": "lat",
    "lt": "lit",
    "lv": "lav",
    "mk": "mkd",
    "nb": "nor",
    "nl": "nld",
    "nn": "nor",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sk": "slk",
    "sl": "slv",
    "sq": "sqi",
    "sr": "srp",
    "sv": "swe",
    "ta": "tam",
    "te": "tel",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
    "zh": "chi_sim",
}
"""ISO 639-1 codes, which people know from their browsers, as Tesseract spells them."""
_MANAGERS = (
    ("apt-get", "sudo apt install {}", "tesseract-ocr", "tesseract-ocr-{}"),
    ("dnf", "sudo dnf install {}", "tesseract", "tesseract-langpack-{}"),
    ("pacman", "sudo pacman -S {}", "tesseract", "tesseract-data-{}"),
    ("zypper", "sudo zypper install {}", "tesseract-ocr", "tesseract-ocr-traineddata-{}"),
    ("brew", "brew install {}", "tesseract", "tesseract-lang"),
    ("port", "sudo port install {}", "tesseract", "tesseract-{}"),
)


def codes(words: str | None, system: str | None) -> tuple[str, ...]:
    """The codes of the languages asked for; where none is, the system's and English.

    `system` is the language of the user's system, such as "de_DE".
    """
    if words:
        parts = words.replace("+", " ").replace(",", " ").split()
        return tuple(dict.fromkeys(_CODES.get(part.lower(), part) for part in parts))
    own = _CODES.get((system or "")[:2].lower(), DEFAULT)
    return tuple(dict.fromkeys((own, DEFAULT)))


def checked(words: str | None, system: str | None, installed: list[str]) -> str:
    """The languages as Tesseract wants them; the error names what is missing and its cure."""
    wanted = codes(words, system)
    missing = [code for code in wanted if code not in installed]
    if not words:  # the system's language is used where it is there
        wanted = tuple(code for code in wanted if code in installed) or tuple(installed[:1])
        missing = [] if wanted else [DEFAULT]
    if missing:
        there = ", ".join(installed) or "none"
        raise MissingProgramError(
            f"Tesseract has no data for {' and '.join(missing)} here (it has: {there}). "
            f"{_install(missing)}"
        )
    return "+".join(wanted)


def install_tesseract() -> str:
    """How Tesseract is installed on this system, as a sentence."""
    for command, line, package, _ in _MANAGERS:
        if shutil.which(command):
            return f"Install it: {line.format(package)}."
    if sys.platform == "win32":
        return "Install it: winget install UB-Mannheim.TesseractOCR."
    return "Install it from the programs of your system."


def _install(missing: list[str]) -> str:
    for command, line, _, package in _MANAGERS:
        if shutil.which(command):
            spelled = "-" if command in {"apt-get", "zypper", "port"} else "_"
            names = (package.format(code.replace("_", spelled)) for code in missing)
            return f"Install it: {line.format(' '.join(dict.fromkeys(names)))}."
    if sys.platform == "win32":
        return "Run its installer again and choose the language under additional data."
    return "Put its .traineddata file into Tesseract's data folder."
