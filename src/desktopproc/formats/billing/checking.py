"""Compares a template with the data, so that a field that nobody knows is found before printing."""

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache

from desktopproc.core.errors import UsageError
from desktopproc.formats.billing.fields import COMPUTED
from desktopproc.formats.rows.synonyms import known_fields
from desktopproc.formats.typesetting.phrases import WORDS
from desktopproc.formats.typesetting.template import Template

_ALWAYS = frozenset({"logo", "item.name"})


@lru_cache(maxsize=8)
def check_fields(template: Template, columns: tuple[str, ...]) -> None:
    """UsageError names the line of a field that neither the data nor we have."""
    words = {WORDS + word for language in template.words.values() for word in language}
    known = {*columns, *known_fields(), *COMPUTED, *_ALWAYS, *template.values, *words}
    for line, name in template.asked:
        if name.strip() not in known:
            near = get_close_matches(name, sorted(known), 1)
            hint = f"Did you mean {{{near[0]}}}?" if near else f"The data have: {_told(columns)}."
            raise UsageError(
                f"The template {template.name} is not right near line {line}: "
                f"there is no field {{{name}}}. {hint}"
            )


def _told(columns: Collection[str]) -> str:
    return ", ".join(sorted({name for name in columns if name})[:20])
