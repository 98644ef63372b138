"""Makes any options that a person could have chosen, from their description alone."""

from typing import Any

from hypothesis import strategies as st

from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import NOT_SET, Kind, Spec, specs
from desktopproc.core.steps import Step, StepCodec

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_ODD_TEXT = st.text("ab,=:'\"\\ -\n\t$`%", max_size=10)
# argparse of Python 3.11 takes "--" for the end of flags even as a value (python/cpython#59317)
_WORDS = (_TEXT | _ODD_TEXT).filter(lambda text: text != "--")


def made(options: type) -> st.SearchStrategy[Any]:
    """Options objects of this type, of all kinds."""
    return st.builds(
        options,
        **{spec.name: _value(spec) for spec in specs(options) if spec.kind is not Kind.SECRET},
    )


def _value(spec: Spec) -> st.SearchStrategy[Any]:
    one = _one(spec)
    if spec.many:
        return st.lists(one, max_size=3).map(tuple)
    if not spec.optional:
        return one
    return st.none() | one.filter(lambda value: str(value).strip().lower() not in NOT_SET)


def _one(spec: Spec) -> st.SearchStrategy[Any]:
    if isinstance(spec.codec, StepCodec):
        kinds = spec.codec.load().values()
        return st.one_of(
            [st.builds(Step, st.just(k.name), made(k.options), st.booleans()) for k in kinds]
        )
    if isinstance(spec.codec, RecordCodec):
        return made(spec.codec.record)
    lo, hi = spec.lo, spec.hi
    match spec.kind:
        case Kind.SWITCH:
            return st.booleans()
        case Kind.CHOICE if spec.choice_type:
            return st.sampled_from(list(spec.choice_type))
        case Kind.INTEGER:
            return st.integers(-1000 if lo is None else int(lo), 1000 if hi is None else int(hi))
        case Kind.NUMBER:
            return st.floats(-1e6 if lo is None else lo, 1e6 if hi is None else hi)
        case Kind.FOLDER | Kind.FILE:
            return _WORDS.map(_path)
    if not spec.pattern:
        return _WORDS
    fitting = st.from_regex(spec.pattern, alphabet=st.characters(codec="utf-8"), fullmatch=True)
    return fitting.filter(lambda value: "\0" not in value)


def _path(text: str) -> Any:
    from pathlib import Path

    return Path("/somewhere") / text.lstrip("/")
