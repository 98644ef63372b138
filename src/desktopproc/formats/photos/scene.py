"""What steps may know of the picture they work on, besides its pixels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktopproc.core.errors import UsageError


@dataclass(slots=True)
class Scene:
    """The surroundings of one picture on its way through a stack.

    `profile` is the ICC profile that describes the pixels now, `dpi` the resolution that is
    written beside them; steps may change both. `fields` are the words that a text may hold in
    braces, such as {date}, made when the first one is wanted.
    """

    name: str
    note: Callable[[str], None]
    max_pixels: int = 200_000_000
    profile: bytes = b""
    dpi: tuple[float, float] | None = None
    look_up: Callable[[], Mapping[str, str]] = dict
    _fields: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """The text with its fields filled in; UsageError names one that does not exist."""
        if "{" not in text:
            return text
        if not self._fields:
            self._fields.update(self.look_up())
        try:
            return text.format_map(self._fields)
        except (KeyError, ValueError, IndexError, AttributeError):
            known = " ".join("{" + name + "}" for name in self._fields)
            raise UsageError(
                f"The text '{text}' has a field that does not exist. There are: {known}."
            ) from None
