"""On what results depend besides the options and what the sources hold."""

from enum import Flag, auto


class Depends(Flag):
    """What has to be as it was for an earlier result to stand for a new one.

    `CONTENT` is nothing more than what the sources hold and their suffixes. What an option names,
    such as a logo, is looked at in any case.
    """

    CONTENT = 0
    NAMES = auto()  # what the sources are called
    PLACES = auto()  # where they lie, and when they were changed
    DAY = auto()  # today's date
    COMPUTER = auto()  # the programs, fonts and languages that are installed here
