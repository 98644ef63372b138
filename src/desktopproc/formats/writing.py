"""Puts finished bytes where they belong, and says in our words why a disk refused them."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktopproc.core.errors import (
    DiskFullError,
    OutputError,
    PermissionDeniedError,
    VolumeGoneError,
)
from desktopproc.core.stages import Stage, during

HIDDEN = ".desktopproc-"
"""How the names of temporary files and folders beside a result begin."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ESTALE})


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn an OSError of the body into the OutputError that says what to do about it."""
    try:
        yield
    except OSError as e:
        raise output_error(e, target) from e


def output_error(error: OSError, target: Path) -> OutputError:
    """What a failed write to `target` means to the user."""
    folder = _folder(target)
    if error.errno in _FULL:
        return DiskFullError(f"The disk of {folder} is full. Make room, then resume.")
    if error.errno in _DENIED:
        return PermissionDeniedError(
            f"This user may not write to {folder}. Choose another folder or change its permissions."
        )
    if error.errno in _GONE:
        return VolumeGoneError(f"{folder} cannot be reached. Connect its disk again, then resume.")
    reason = error.strerror or str(error)
    return OutputError(f"The result could not be written to {folder}: {reason}.")


def _folder(target: Path) -> Path:
    """The folder that the user knows: above what is temporary."""
    for path in (target, *target.parents):
        if path.name.startswith(HIDDEN):
            return path.parent
    return target.parent


def write_bytes(target: Path, content: bytes | bytearray | memoryview) -> None:
    """Write a whole file at once."""
    with during(Stage.WRITE), writing(target):
        target.write_bytes(content)
