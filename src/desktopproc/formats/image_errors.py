"""Turns everything an image decoder can raise into one sentence that names the file."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from desktopproc.core.errors import (
    BadInputError,
    OutOfMemoryError,
    ProcError,
    TooLargeError,
    UnsupportedError,
)

DECODER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What real files made Pillow and its plugins raise; anything else is a bug and shows as one."""


@contextmanager
def reading_picture(name: str) -> Iterator[None]:
    """Speak of a bad picture in our words; decoders' warnings stay silent inside."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ProcError:
        raise
    except Image.DecompressionBombError as e:
        raise TooLargeError(f"{name} is too large to open safely.") from e
    except UnidentifiedImageError as e:
        raise UnsupportedError(f"{name} is not a picture that can be opened.") from e
    except MemoryError as e:
        raise too_little_memory(name) from e
    except DECODER_ERRORS as e:
        raise BadInputError(f"{name} is damaged and cannot be opened as a picture.") from e


def is_memory(error: Exception) -> bool:
    """Whether libvips, or a codec inside it, speaks of too little memory."""
    words = str(error).lower()
    return any(word in words for word in ("insufficient memory", "out of memory", "allocate"))


def too_little_memory(name: str) -> OutOfMemoryError:
    """The one sentence for a picture that does not fit into a worker."""
    return OutOfMemoryError(
        f"{name} needs more memory than one worker may use. Raise the limit in the settings."
    )
