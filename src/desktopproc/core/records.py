"""Values that are made of described options themselves, written as `option=value option=value`."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import build, schema_of, specs, to_plain
from desktopproc.core.spelling import typed


@dataclass(frozen=True)
class RecordCodec:
    """Reads and writes one kind of options object; a config file and JSON hold it as a table.

    In text, words stand between spaces, values with spaces are quoted as in a shell, and an
    option that takes many values is repeated: `format=webp step=resize:width=320 step=sharpen`.
    """

    record: type

    def parse(self, raw: Any) -> Any:
        """The options from text or a table; UsageError says what is wrong."""
        if isinstance(raw, self.record):
            return raw
        values = dict(raw) if isinstance(raw, Mapping) else self._values(str(raw))
        return build(self.record, values)

    def plain(self, value: Any) -> dict[str, Any]:
        """What is not a default, as a table."""
        now, usual = to_plain(value), to_plain(self.record())
        return {key: now[key] for key in now if now[key] != usual[key]}

    def text(self, value: Any) -> str:
        """What is not a default, in the words that `parse` reads."""
        found = (
            f"{spec.word}={word}"
            for spec in specs(self.record)
            if getattr(value, spec.name) != spec.default
            for word in typed(spec, getattr(value, spec.name))
        )
        return shlex.join(found)

    def describe(self) -> str:
        return "words such as " + " ".join(f"{spec.word}=..." for spec in specs(self.record)[:3])

    def schema(self) -> list[dict[str, Any]]:
        """Its options, for `desktopproc operations --json`."""
        return [schema_of(spec) for spec in specs(self.record)]

    def _values(self, text: str) -> dict[str, Any]:
        known = {spec.word: spec for spec in specs(self.record)}
        values: dict[str, Any] = {}
        try:
            words = shlex.split(text)
        except ValueError as e:
            raise UsageError(f"'{text}' is not right: {e}.") from None
        for word in words:
            key, sign, value = word.partition("=")
            spec = known.get(key)
            if spec is None:
                raise UsageError(f"There is no '{key}' here. There are: {', '.join(known)}.")
            if spec.many:
                values.setdefault(spec.name, []).append(value)
            else:
                values[spec.name] = value if sign else "yes"
        return {key: _alone(value) for key, value in values.items()}


def _alone(value: Any) -> Any:
    """One of many, written once, is read as on a command line: "none" is none of them."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
