"""Tells a worker that had too little memory from a file that is damaged.

Most decoders say the same in both cases: what they asked for and did not get is a failure as any.
"""

import gc
from collections.abc import Iterable

from desktopproc.core import address_space
from desktopproc.core.job import Facts

_PER_PIXEL = 16  # bytes that decoders have needed at most: twice the four colours of 16 bits
_BESIDES = 64 << 20  # a library that is loaded, and its tables


def may_be(sources: Iterable[Facts]) -> bool:
    """Whether these files may have failed because a worker may not take enough memory.

    To be asked when the failure is known, and what was taken is free again.
    """
    gc.collect()
    free = address_space.left()
    pixels = max(((facts.width or 0) * (facts.height or 0) for facts in sources), default=0)
    return free is not None and free < pixels * _PER_PIXEL + _BESIDES
