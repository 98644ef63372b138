"""Decisions of the queue as functions of values: what starts next, and when to try again."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktopproc.core.settings import Settings

LOOK_AHEAD = 16
HEAVY = 100.0
"""Work above this (megapixels, pages) is heavy: it may not fill every worker."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes that jobs need, those that there are for them, and whether nothing else runs."""

    needs: Mapping[int, float] = field(default_factory=dict)
    room: float = math.inf
    is_idle: bool = False


PLENTY = Memory()


def pick(
    candidates: Sequence[tuple[int, int, float]],
    *,
    slots: int,
    heavy_running: int,
    workers: int,
    memory: Memory = PLENTY,
) -> list[int]:
    """Choose the next jobs, in order, leaving one worker for quick ones while any wait.

    `candidates` are (id, priority, weight), best first. A heavy job is passed over only for a
    quick one of the same priority. One that does not fit into memory waits for room, and holds up
    those behind it, else they could keep it waiting for ever; it runs when nothing else does.
    """
    chosen: list[int] = []
    room = memory.room
    rest = list(candidates)
    while rest and len(chosen) < slots:
        index = 0
        if workers > 1 and rest[0][2] > HEAVY and heavy_running >= workers - 1:
            index = _first_quick(rest)
        job, _, weight = rest.pop(index)
        need = memory.needs.get(job, 0.0)
        if need > room and (chosen or not memory.is_idle):
            break
        room -= need
        heavy_running += weight > HEAVY
        chosen.append(job)
    return chosen


def _first_quick(candidates: Sequence[tuple[int, int, float]]) -> int:
    priority = candidates[0][1]
    for index, (_, other, weight) in enumerate(candidates):
        if other == priority and weight <= HEAVY:
            return index
    return 0


def back_off(attempt: int, settings: Settings, chance: random.Random) -> float:
    """Seconds until attempt number `attempt` + 1: doubling, capped, half of it random."""
    full = min(settings.retry_cap_s, settings.retry_base_s * 2.0 ** (attempt - 1))
    return full / 2 + chance.random() * full / 2
