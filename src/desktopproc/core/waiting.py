"""Says in words how long something may still take."""

import math

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_NARROW = 1.6  # ends this near to each other are told as one


def left(low: float, high: float) -> str:
    """`12 to 16 min left`, `about 40 s left`, `less than a minute left`; from a range in seconds.

    No more is told than is known: both ends are rounded to figures that a person would give.
    """
    if high >= 30 * _DAY:
        return "more than a month left"
    if high < _MINUTE:
        return _seconds(low, high)
    for unit, size, step in (("min", _MINUTE, 1), ("h", _HOUR, 0.5), ("days", _DAY, 1)):
        if high < {"min": 1.5 * _HOUR, "h": 2 * _DAY}.get(unit, math.inf):
            return _ends(low / size, high / size, step, unit)
    raise AssertionError


def _seconds(low: float, high: float) -> str:
    if low > 0 and high <= _NARROW * low:
        middle = math.sqrt(low * high)
        step = 1 if middle < 10 else 5
        return f"about {max(1, round(middle / step) * step)} s left"
    for most in (5, 10, 20, 30):
        if high <= most:
            return f"less than {most} s left"
    return "less than a minute left"


def _ends(low: float, high: float, step: float, unit: str) -> str:
    """Both ends in one unit; one figure where they come out equal."""
    step = 5 if unit == "min" and low >= 30 else step
    first, last = round(low / step) * step, max(step, round(high / step) * step)
    if first >= last:
        return f"about {_figure(last, unit)} left"
    if first < step:
        return f"less than {_figure(last, unit)} left"
    begin = f"{first:g}" if first == int(first) and last == int(last) else _figure(first, unit)
    return f"{begin} to {_figure(last, unit)} left"


def _figure(number: float, unit: str) -> str:
    """`16 min`, `2 h`, `2 h 30 min`."""
    if number == int(number):
        return f"{int(number)} {unit}"
    return f"{int(number)} h 30 min" if number > 1 else "30 min"
