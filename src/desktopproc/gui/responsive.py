"""Settings of the interpreter that keep it from making the window wait."""

import gc
import sys

_SWITCH_S = 0.0005
_YOUNG, _NEVER = 10_000, 1_000_000


def prepare() -> None:
    """Short turns for threads, and no long pauses for collecting garbage.

    With 100,000 files on the list, a full collection looks at a million objects and stops every
    thread for 100 ms and more. What this program leaves in cycles is little and dies young, so
    only the young are collected. Call it once, when the engine is loaded.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _NEVER, _NEVER)
