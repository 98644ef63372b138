"""The operations: one file each, found by looking."""

import importlib
import pkgutil
from types import ModuleType

from desktopproc.core.errors import StartError
from desktopproc.core.operation import Operation, described_in


def load(*packages: ModuleType) -> dict[str, Operation]:
    """Find every operation in this package and the given ones; none at all is a StartError."""
    places = [(list(__path__), __name__), *((list(p.__path__), p.__name__) for p in packages)]
    names = [
        f"{prefix}.{module.name}"
        for path, prefix in places
        for module in pkgutil.iter_modules(path)
    ]
    found = [op for name in names for op in described_in(vars(importlib.import_module(name)))]
    if not found:
        raise StartError("No operations were found. Install desktopproc again.")
    return {op.name: op for op in sorted(found, key=lambda op: (op.group, op.title))}
