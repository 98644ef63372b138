"""How much more memory the system lets this process have."""

import sys


def left() -> int | None:
    """Bytes of address space that it may still take; None without a limit."""
    if sys.platform != "linux":
        return None
    import resource  # absent on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return None
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - once for every photo
        return soft - int(file.read().split()[0]) * resource.getpagesize()
