"""Finds files of a request that are probably equal, so that only one of them need be worked on."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.errors import ProcError
from desktopproc.core.job import Facts, Request
from desktopproc.core.operation import Operation, Shape
from desktopproc.engine.refusing import refuse
from desktopproc.formats.same_content import ends_of

Twins = Mapping[Path, bytes]
"""By file: equal for files that are probably equal. Whoever works on them compares their content.

Files without a twin are not in it.
"""

_MOST = 5000  # files that are looked at, largest first: 0.3 s if they are in memory


def may_have_twins(request: Request, operation: Operation) -> bool:
    """Whether it is worth to look: files of one size, and results that depend on content."""
    if not request.reuse or request.passwords or len(request.files) < 2:
        return False
    depends = operation.depends_on(request.options)
    if depends is None or Depends.PLACES in depends:
        return False
    if operation.shape(request.options) is Shape.MANY_TO_ONE:
        return False
    sizes = [facts.size_bytes for facts, _ in request.files if facts.size_bytes]
    return len(set(sizes)) < len(sizes)


def twins_of(
    request: Request, operation: Operation, is_stopped: Callable[[], bool] = lambda: False
) -> Twins:
    """Files of one size with equal ends. Reads these: not for the engine's or window's thread."""
    has_names = Depends.NAMES in (operation.depends_on(request.options) or Depends.CONTENT)
    files = [
        facts
        for facts, root in request.files
        if facts.size_bytes and not facts.needs_password and not refuse(facts, root, operation)
    ]

    def look(facts: Facts) -> Hashable:
        return facts.size_bytes, facts.path.name if has_names else facts.path.suffix

    counts = Counter(map(look, files))
    suspects = [facts for facts in files if counts[look(facts)] > 1]
    suspects.sort(key=lambda facts: -(facts.size_bytes or 0))
    together: dict[Hashable, list[tuple[Path, bytes]]] = defaultdict(list)
    for facts in suspects[:_MOST]:
        if is_stopped():
            return {}
        try:
            ends = ends_of(facts.path)
        except ProcError:  # its job will say so
            continue
        together[look(facts), ends].append((facts.path, ends))
    found: dict[Path, bytes] = {}
    for number, alike in enumerate(together.values()):
        if len(alike) > 1:
            found |= {path: number.to_bytes(4, "big") for path, _ in alike}
    return found
