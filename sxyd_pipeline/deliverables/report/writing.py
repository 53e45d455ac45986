"""Words and numbers in the language of a document: what stands behind a bar in templates."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.declarations import read_toml
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.report.template import Quantity

_SIDES = {"zh": 0, "en": 1}
_KINDS = {"_tce": "energy", "_t": "mass", "_share": "share", "_ug_per_m3": "concentration"}


class Names:
    """Words of ours in the language of the document."""

    def __init__(self, language: Language) -> None:
        """Choose the side."""
        words = read_toml("names.toml")
        self._side = _SIDES[language]
        self._english: Mapping[str, str] = words["english"] if language == "en" else {}
        self._codes: Mapping[str, list[str]] = words["codes"]

    def __call__(self, word: str) -> str:
        """Return a word or code in the language; what is not ours stays as it is."""
        if word in self._codes:
            return self._codes[word][self._side]
        return self._english.get(word, word)


class Writing:
    """How words and numbers are written in one language."""

    def __init__(self, language: Language) -> None:
        """Choose the language."""
        self.language = language
        self.names = Names(language)
        self.filters: Mapping[str, Callable[..., Any]] = {
            **{kind: self._writer(kind) for kind in numbers.KINDS},
            "name": self.names,
            "by_indicator": self.by_indicator,
            "size": abs,
            "sentence": self.sentence,
            "low": lambda text: f"{text[:1].lower()}{text[1:]}",
            "s": lambda count: "" if _number(count) == 1 else "s",
            "are": lambda count: "is" if _number(count) == 1 else "are",
        }

    def _writer(self, kind: str) -> Callable[[float | None], str]:
        return lambda value: numbers.written(value, kind, self.language)

    def sentence(self, text: str) -> str:
        """Return a text of the data as one sentence: it ends with one full stop."""
        stop = "。" if self.language == "zh" else "."
        return text.rstrip("。.；;，, ") + stop

    def by_indicator_bare(self, value: float | None, indicator: str) -> str:
        """Write a value without unit, as under a title from :meth:`indicator_with_unit`."""
        return numbers.written(value, _indicator_unit(indicator)[0], self.language)

    def indicator_with_unit(self, indicator: str) -> str:
        """Return the name of an indicator with its unit in brackets."""
        unit = _indicator_unit(indicator)[1][_SIDES[self.language]]
        name = self.names(indicator)
        return f"{name}（{unit}）" if self.language == "zh" else f"{name} ({unit})"

    def by_indicator(self, value: float | None, indicator: str) -> str:
        """Write a value in the unit its indicator's suffix names."""
        kind = next((kind for suffix, kind in _KINDS.items() if indicator.endswith(suffix)), "index")
        return numbers.written(value, kind, self.language)


@cache
def writing(language: Language) -> Writing:
    """Return how a language is written; the same object each time, so that compiled templates serve again."""
    return Writing(language)


def _number(count: Quantity | float) -> float:
    return count.value if isinstance(count, Quantity) else float(count)


def _indicator_unit(indicator: str) -> tuple[str, tuple[str, str]]:
    """Return how a value of an indicator is written in a table: kind and units in both languages."""
    if indicator.endswith("_tce"):
        return "mass_10kt1", ("万吨标准煤", "10 ktce")
    if indicator.startswith("permitted_"):
        return "t0", ("吨", "t")
    if indicator.endswith("_t"):
        return "mass_10kt1", ("万吨", "10 kt")
    if indicator.endswith("_share"):
        return "percent", ("%", "%")
    if indicator.endswith("_ug_per_m3"):
        return "t1", ("微克/立方米", "µg/m3")
    return "index", ("—", "—")
