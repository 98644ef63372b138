"""Finds the data files that come with the program."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resources(kind: str) -> Path:
    """The folder of one kind of data file, such as "presets".

    It lies inside the package where that was installed, and beside `src` in a checkout.
    """
    inside = _PACKAGE / "resources"
    return (inside if inside.is_dir() else _PACKAGE.parents[1] / "resources") / kind
