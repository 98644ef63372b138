"""The operations: one file each, found by looking."""

import sys
from types import ModuleType

from desktopproc.core.catalogue import Catalogue
from desktopproc.core.operation import Operation


def load(*packages: ModuleType) -> dict[str, Operation]:
    """Load every operation in this package and the given ones; none at all is a StartError."""
    return dict(Catalogue([sys.modules[__name__], *packages]))
