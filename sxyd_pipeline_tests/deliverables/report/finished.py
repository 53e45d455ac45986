"""What finished text never holds."""

import re

FINDINGS = {
    "a placeholder": r"\{\{|\}\}|\{%|%\}|\[\[|\]\]|\ue000",
    # A release id holds hexadecimal digits: "-2020-3e92f…" is no number.
    "scientific notation": r"(?<![\w.-])\d+(?:\.\d+)?[eE][+-]?\d+(?![\w.])",
    "a bare missing value": r"\bNone\b|\bnan\b|\bNaT\b",
    "an empty bracket": r"（）|\(\)|“”",
    "doubled punctuation": r"。。|，，|、、|；。|：。|，。|、。|，；|；；|。；|：；|：，|, ,|;\.|:\.|,\.| [,.;:](?!\d)",
    "a fragment": r"^[，。；、：）,.;:)]|^-$",
    "a dash for a number": r"(?<![—（“\w一-龥）])—(?!—)",
}


def unfinished(texts: list[str]) -> dict[str, list[str]]:
    """Return the texts in which something is found, by what it is."""
    found = {name: [one for one in texts if re.search(pattern, one)] for name, pattern in FINDINGS.items()}
    return {name: lines for name, lines in found.items() if lines}
