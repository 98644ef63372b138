"""What the window remembers between two starts, in its own file under the home's folder."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import Kind, Spec, parse, plain
from desktopproc.engine.home import Home


class Remembered:
    """Geometry, the last operation, its options and its output; damaged entries are forgotten."""

    def __init__(self, home: Home) -> None:
        self._file = QSettings(str(home.config / "window.ini"), QSettings.Format.IniFormat)

    def bytes(self, key: str) -> QByteArray:
        """A geometry or splitter state; empty when there is none."""
        value = self._file.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def text(self, key: str, default: str = "") -> str:
        value = self._file.value(key)
        return value if isinstance(value, str) else default

    def put(self, key: str, value: QByteArray | str) -> None:
        self._file.setValue(key, value)

    def values(self, key: str, specs: Iterable[Spec]) -> dict[str, Any]:
        """The remembered values of a form, those that are still right."""
        try:
            raw: object = json.loads(self.text(key, "{}"))
        except ValueError:
            return {}
        kept: dict[str, Any] = {}
        if isinstance(raw, dict):
            for spec in specs:
                if spec.name in raw:
                    with suppress(UsageError):
                        kept[spec.name] = parse(spec, raw[spec.name])
        return kept

    def put_values(self, key: str, specs: Iterable[Spec], values: Mapping[str, Any]) -> None:
        """Remember the values of a form; secrets are left out."""
        kept = [spec for spec in specs if spec.kind is not Kind.SECRET]
        self.put(key, json.dumps({spec.name: plain(spec, values[spec.name]) for spec in kept}))

    def save(self) -> None:
        self._file.sync()
