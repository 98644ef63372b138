"""Refuses what is no PDF, and turns what PDF libraries raise into one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from desktopproc.core.errors import (
    BadInputError,
    NeedsPasswordError,
    OutOfMemoryError,
    ProcError,
    UnsupportedError,
)

HEAD = 1024 + 64
"""How many bytes tell a PDF: readers accept its mark within the first kilobyte."""

LIBRARY_ERRORS = (
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    OSError,
)
"""What PDF libraries raised on real files besides errors of their own."""


def is_pdf(content: bytes) -> bool:
    """Whether the mark of a PDF stands where readers accept it."""
    return b"%PDF-" in content[:HEAD]


def check_is_pdf(name: str, content: bytes) -> None:
    """PDF libraries open many other things under the name of a PDF; this looks first."""
    if not content:
        raise BadInputError(f"{name} is empty. Copy it again.")
    if not is_pdf(content):
        raise UnsupportedError(f"{name} is not a PDF. Check what it really is.")


def needs_password(name: str, tried: int = 0) -> NeedsPasswordError:
    """The one sentence for a file that only opens with a password, and after so many wrong ones."""
    if not tried:
        return NeedsPasswordError(f"{name} is password-protected. Give its password and retry.")
    wrong = f"none of the {tried} passwords opens it" if tried > 1 else "the password is wrong"
    return NeedsPasswordError(f"{name} is password-protected, and {wrong}. Give another one.")


@contextmanager
def reading_pdf(name: str, *library: type[Exception], what: str = "") -> Iterator[None]:
    """Speak of a bad PDF in our words; `library` is the base of the PDF library's own errors,
    and `what` names the part that is read, such as "page 3"."""
    part = f": {what} cannot be read" if what else " and cannot be opened"
    try:
        yield
    except ProcError:
        raise
    except MemoryError as e:
        raise OutOfMemoryError(
            f"{name} needs more memory than one worker may use. Raise the limit in the settings."
        ) from e
    except LIBRARY_ERRORS + library as e:
        raise BadInputError(f"{name} is damaged{part}. Copy it again.") from e
