"""Process photos and documents on your own computer, thousands at a time."""

__version__ = "0.1.0"
