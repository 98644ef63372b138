"""Finds operations by name, and loads no more of them than are asked for."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import ModuleType

from desktopproc.core.errors import StartError
from desktopproc.core.operation import Operation, described_in


class Catalogue(Mapping[str, Operation]):
    """The operations in some packages: one in each module, which is named as it is.

    Looking one up imports its module alone; going through all of them imports them all.
    """

    def __init__(self, packages: Sequence[ModuleType]) -> None:
        """StartError when there is no module at all."""
        self._modules = {
            module.name.replace("_", "-"): f"{package.__name__}.{module.name}"
            for package in packages
            for module in pkgutil.iter_modules(package.__path__)
        }
        if not self._modules:
            raise StartError("No operations were found. Install desktopproc again.")
        self._known: dict[str, Operation] = {}

    def __getitem__(self, name: str) -> Operation:
        if name not in self._known and name in self._modules:
            self._known |= _in_module(self._modules[name])
        return self._known[name] if name in self._known else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, Operation]:
        """Every operation, by group and title."""
        found = [op for module in self._modules.values() for op in _in_module(module).values()]
        return {op.name: op for op in sorted(found, key=lambda op: (op.group, op.title))}


def _in_module(name: str) -> dict[str, Operation]:
    return {op.name: op for op in described_in(vars(importlib.import_module(name)))}
