"""How alike two texts of clauses are."""

import re
import unicodedata

_SILENT = re.compile(r"[\W_]+")


def normal_text(text: str) -> str:
    """Return a text without what readers do not see as a difference: width, case, spaces, punctuation.

    Signs within numbers go too, so 1.5 and 15 look alike here; limits are compared as numbers elsewhere.
    """
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).lower())


def likeness(one: str, other: str) -> float:
    """Return how alike two normal texts are, 0 to 1: shared pairs of neighbouring characters (Dice 1945).

    ``2 · |A ∩ B| / (|A| + |B|)`` over the multisets of pairs; equal texts give 1, a single character that is
    equal counts as itself.
    """
    if one == other:
        return 1.0
    first, second = _pairs(one), _pairs(other)
    total = sum(first.values()) + sum(second.values())
    shared = sum(min(count, second.get(pair, 0)) for pair, count in first.items())
    return 2.0 * shared / total if total else 0.0


def _pairs(text: str) -> dict[str, int]:
    pairs: dict[str, int] = {}
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        pairs[pair] = pairs.get(pair, 0) + 1
    return pairs
