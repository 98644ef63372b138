"""A small program that takes Tesseract's place, and does what a test wants of it."""

import stat
import sys
import textwrap
from pathlib import Path

import pytest

needs_scripts = pytest.mark.skipif(
    sys.platform == "win32", reason="the stand-in for Tesseract is a script with a #! line"
)

_START = """\
#!{python}
import os, signal, sys, time
words = sys.argv[1:]
if "--list-langs" in words:
    print("List of available languages (2):\\neng\\nosd")
    sys.exit()
page = sys.stdin.buffer.read()

def answer(*said, sure=95):
    spans = "".join(
        f"<span class='ocrx_word' title='bbox {{100 + 200 * at}} 100 "
        f"{{280 + 200 * at}} 140; x_wconf {{sure}}'>{{word}}</span>"
        for at, word in enumerate(said)
    )
    line = "bbox 100 100 900 140; baseline 0 -8; x_size 40; x_descenders 8"
    print(
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><p class='ocr_par'>"
        f"<span class='ocr_line' title='{{line}}'>{{spans}}</span></p></body></html>"
    )

"""


def install(folder: Path, code: str) -> Path:
    """Write the program; its code knows `words`, `page` (a PGM file) and `answer`."""
    program = folder / "tesseract"
    program.write_text(_START.format(python=sys.executable) + textwrap.dedent(code))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program
