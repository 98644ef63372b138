"""Loads an operation with all it needs, where workers are forked from; importing this does it."""

import importlib
import os
from contextlib import suppress

from desktopproc.core.operation import described_in
from desktopproc.engine.readiness import OPERATION


def _load(module: str) -> None:
    for operation in described_in(vars(importlib.import_module(module))):
        for wanted in operation.preload:
            importlib.import_module(wanted)


if OPERATION in os.environ:
    with suppress(ImportError):  # whoever runs the operation will tell
        _load(os.environ[OPERATION])
