"""Turns and mirrors JPEGs without decoding their pixels, by libturbojpeg where it is installed."""

import ctypes
import ctypes.util
import functools
import sys
from typing import Any

from desktopproc.core.steps import Step

# EXIF 2.32, tag 0x0112, by its transform in turbojpeg.h (enum TJXOP)
_TRANSFORMS = {1: 0, 2: 1, 3: 6, 4: 2, 5: 3, 6: 5, 7: 4, 8: 7}
_PERFECT, _PROGRESSIVE, _COPY_NONE = 1, 32, 64  # turbojpeg.h, TJXOPT_*
_LIBRARIES = {"darwin": "libturbojpeg.dylib", "win32": "turbojpeg.dll"}

# what each orientation becomes when the upright picture is turned right, or mirrored
_RIGHT = {1: 6, 2: 7, 3: 8, 4: 5, 5: 2, 6: 3, 7: 4, 8: 1}
_MIRRORED = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 8, 8: 7}


def orientation_after(orientation: int, steps: tuple[Step, ...]) -> int:
    """The EXIF orientation that stands for this one and what the steps do after it."""
    for step in steps:
        plain = step.options
        if step.kind == "flip":
            orientation = _MIRRORED[orientation]
            quarters = 2 if getattr(plain, "axis", "") == "vertical" else 0
        else:
            quarters = int(str(getattr(plain, "angle", 0))) // 90
        for _ in range(quarters):
            orientation = _RIGHT[orientation]
    return orientation


class _Region(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_int), ("w", ctypes.c_int), ("h", ctypes.c_int)]


class _Transform(ctypes.Structure):
    _fields_ = [
        ("region", _Region),
        ("op", ctypes.c_int),
        ("options", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("filter", ctypes.c_void_p),
    ]


@functools.cache
def library() -> Any:
    """libturbojpeg, or None where it is not installed."""
    name = _LIBRARIES.get(sys.platform, "libturbojpeg.so.0")
    for candidate in (name, ctypes.util.find_library("turbojpeg")):
        try:
            found = ctypes.CDLL(candidate) if candidate else None
        except OSError:
            continue
        if found is not None:
            return _declared(found)
    return None


def _declared(found: Any) -> Any:
    found.tjInitTransform.restype = ctypes.c_void_p
    found.tjTransform.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_ulong,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_ulong),
        ctypes.POINTER(_Transform),
        ctypes.c_int,
    ]
    found.tjDestroy.argtypes = [ctypes.c_void_p]
    found.tjFree.argtypes = [ctypes.c_void_p]
    return found


def turned(content: bytes, orientation: int, *, progressive: bool) -> bytes | None:
    """The JPEG with its pixels turned as this EXIF orientation asks, without any metadata.

    None where that cannot be done without loss: the library is missing, the file is damaged, or
    the picture's size is not a multiple of its blocks' (ITU-T T.81, A.2.3).
    """
    found = library()
    handle = found.tjInitTransform() if found is not None else None
    if not handle:
        return None
    wish = _Transform(
        op=_TRANSFORMS[orientation],
        options=_PERFECT | _COPY_NONE | (_PROGRESSIVE if progressive else 0),
    )
    made, size = ctypes.c_void_p(), ctypes.c_ulong()
    try:
        failed = found.tjTransform(
            handle,
            content,
            len(content),
            1,
            ctypes.byref(made),
            ctypes.byref(size),
            ctypes.byref(wish),
            0,
        )
        if failed or not made.value:
            return None
        return ctypes.string_at(made.value, size.value)
    finally:
        if made.value:
            found.tjFree(made)
        found.tjDestroy(handle)
