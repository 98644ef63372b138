"""Limits on how much may be decoded, checked before any memory is used."""

from desktopproc.core import address_space
from desktopproc.core.errors import BadInputError, OutOfMemoryError, TooLargeError

_ROOM = 64 << 20  # bytes that are left for everything but pixels


def check_pixels(name: str, size: tuple[int, int], max_pixels: int) -> None:
    """Refuse what is over the limit or has no area."""
    width, height = size
    if width < 1 or height < 1:
        raise BadInputError(f"{name} is damaged: it has no width or no height.")
    if width * height > max_pixels:
        raise TooLargeError(
            f"{name} is {width:,} x {height:,} pixels ({width * height / 1e6:,.0f} megapixels). "
            f"The limit is {max_pixels / 1e6:,.0f} megapixels; raise it in the settings."
        )


def check_memory(name: str, needed: int) -> None:
    """Refuse what this process may not have the memory for, by an estimate in bytes.

    Where the operating system sets no limit, nothing is refused.
    """
    left = address_space.left()
    if left is not None and needed + _ROOM > left:
        raise OutOfMemoryError(
            f"{name} needs about {needed / 1e6:,.0f} MB of memory to be decoded, and one worker "
            "may not use that much. Raise the limit in the settings."
        )
