"""The steps that can be put on a photo: one small described function each, found by looking."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from desktopproc.core.steps import StepCodec, StepKind, steps_in


@functools.cache
def load() -> Mapping[str, StepKind]:
    """Every kind of step by its name, in the order in which people look for them."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found = [kind for module in modules for kind in steps_in(vars(module))]
    order = ("Shape", "Size", "Light", "Colour", "Detail", "Frame", "Marks", "File")
    return {kind.name: kind for kind in sorted(found, key=lambda kind: order.index(kind.group))}


CODEC = StepCodec(load)
"""Reads and writes these steps wherever options hold a stack of them."""
