"""From characters to runs: formulas of substances get real subscripts, units real superscripts.

No Noto CJK font has the characters U+2080 to U+2089, so CO₂ typed with a Unicode subscript would
print as an empty box: such characters are taken apart here and set as subscripts.
"""

import re
import unicodedata

from sxyd_pipeline.deliverables.typesetting.blocks import Position, Run, Runs
from sxyd_pipeline.deliverables.typesetting.fonts import spelled_out

#: Substances, longest first, with the part that is lowered after each bar.
_SUBSTANCES = (
    "CaCO|3", "PM|2.5", "PM|10", "NH|3|-N", "CO|2|e", "CO|2", "CH|4", "N|2|O", "SO|2", "NO|2", "NO|x", "NH|3",
    "SF|6", "NF|3", "CF|4", "C|2|F|6", "O|3",
)  # fmt: skip
_PARTS = {shape.replace("|", ""): shape.split("|") for shape in _SUBSTANCES}
_SUBSTANCE = "|".join(re.escape(name) for name in _PARTS)
#: A unit may stand directly before a substance (tCO2, kgCO2e); anything else makes it another word.
_TOKEN = re.compile(
    rf"(?P<lead>(?<![A-Za-z0-9_.])(?:[Mk]?t|kg|g)?)(?P<substance>{_SUBSTANCE})(?![A-Za-z0-9_]|\.\d)"
    r"|(?<![A-Za-z0-9_])(?P<unit>k?m|cm)(?P<power>[23])(?![A-Za-z0-9_]|\.\d)"
    r"|(?P<lowered>[₀-₉ₓₑ]+)|(?P<raised>[⁰¹²³⁴-⁹⁻]+)"
)
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₓₑ⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789xe0123456789−")
#: Characters no printed text needs and no XML file may hold; tabs and line ends become spaces.
_SPACES = re.compile(r"[\t\r\n\v\f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def clean(text: str) -> str:
    """Return text that can be printed and stored.

    Control, direction and private-use characters go, line ends become spaces, and a character
    that no bundled font can draw is named by its code point (〔U+30EDE〕).
    """
    if not text.isprintable():
        spaced = _SPACES.sub(" ", text)
        text = "".join(one for one in spaced if unicodedata.category(one) not in _FORBIDDEN)
    return spelled_out(text)


def text_runs(text: str, *, bold: bool = False, link: str = "") -> Runs:
    """Set data or finished text: substances and powers are recognised, nothing is markup.

    Args:
        text: characters from data or from a finished sentence.
        bold: emphasis of all of it.
        link: anchor it leads to.
    """
    runs: list[Run] = []
    end = 0
    text = clean(text)
    for found in _TOKEN.finditer(text):
        runs.append(Run(text[end : found.start()], bold, link=link))
        runs += [Run(part, bold, position, link=link) for part, position in _pieces(found)]
        end = found.end()
    runs.append(Run(text[end:], bold, link=link))
    return merged(tuple(runs))


def _pieces(found: re.Match[str]) -> list[tuple[str, Position]]:
    if found["substance"]:
        parts = _PARTS[found["substance"]]
        # Parts alternate: letters on the line, then what is lowered.
        set_parts: list[tuple[str, Position]] = [
            (part, "sub" if place % 2 else "") for place, part in enumerate(parts)
        ]
        return [(found["lead"], ""), *set_parts]
    if found["unit"]:
        return [(found["unit"], ""), (found["power"], "sup")]
    if found["lowered"]:
        return [(found["lowered"].translate(_PLAIN), "sub")]
    return [(found["raised"].translate(_PLAIN), "sup")]


def markup_runs(text: str) -> Runs:
    """Set text written by the author of a template: ``**bold**`` is markup, the rest as in data."""
    runs: list[Run] = []
    end = 0
    for found in _BOLD.finditer(text):
        runs += text_runs(text[end : found.start()])
        runs += text_runs(found[1], bold=True)
        end = found.end()
    return merged((*runs, *text_runs(text[end:])))


def code_runs(text: str) -> Runs:
    """Set a query or an identifier literally."""
    return (Run(clean(text), code=True),)


def merged(runs: Runs) -> Runs:
    """Join neighbours of one look and drop empty runs."""
    joined: list[Run] = []
    for run in runs:
        if not run.text and not run.ref:
            continue
        last = joined[-1] if joined else None
        if last and not run.ref and not last.ref and _look(last) == _look(run):
            joined[-1] = Run(last.text + run.text, last.bold, last.position, last.code, last.link)
        else:
            joined.append(run)
    return tuple(joined)


def _look(run: Run) -> tuple[bool, str, bool, str]:
    return run.bold, run.position, run.code, run.link
