"""Estimates how many tokens a language model would see in a text, without its tokenizer."""

import re

# Words are cut into pieces of a few letters; how few was fitted to the tokenizers cl100k and o200k
# on the texts of 65 real documents: four of five estimates are within a fifth of the true number.
_PIECES = re.compile(
    r"(?P<word>[A-Za-z]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<dense>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af])"
    r"|(?P<other>[^\W\d_]+)"
    r"|(?P<sign>\S)(?P=sign)*"
)
_LETTERS_EACH = {"word": 7, "digits": 3, "dense": 1, "other": 3, "sign": 16}


def estimate(text: str) -> int:
    """About how many tokens the text is; white space is counted with what it stands before."""
    return sum(
        -(-len(match[0]) // _LETTERS_EACH[match.lastgroup or "sign"])
        for match in _PIECES.finditer(text)
    )
