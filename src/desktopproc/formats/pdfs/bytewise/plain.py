"""Says that a document is not of the plain kind whose objects can be copied byte by byte."""


class NotPlainError(Exception):
    """The document needs a library that knows all of PDF; not an error of the document."""
