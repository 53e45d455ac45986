"""What a template may say: headline numbers, rows, tables and figures of one edition."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.report.queries import Queries, Row
from sxyd_pipeline.deliverables.report.template import Quantity
from sxyd_pipeline.deliverables.typesetting.blocks import DataTable, Figure, Run, Runs
from sxyd_pipeline.deliverables.typesetting.inline import merged, text_runs

_SIDES = {"zh": 0, "en": 1}


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of the text that stands for a finding.

    Attributes:
        headline_id: name in templates.
        zh: Chinese name.
        en: English name.
        kind: how it is written.
        sql: query with named values.
        species: species whose sources and factors stand behind it, if one does.
    """

    headline_id: str
    zh: str
    en: str
    kind: str
    sql: str
    species: str = ""


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Return one TOML file of the report."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def headlines() -> Mapping[str, Headline]:
    """Return all headline numbers by id; entries with ``each`` are written out."""
    return {
        one.headline_id: one for entry in read_toml("headlines.toml")["headline"] for one in _expanded(entry)
    }


def _expanded(entry: Mapping[str, Any]) -> Iterator[Headline]:
    if "each" not in entry:
        yield Headline(
            entry["id"], entry["zh"], entry["en"], entry["kind"], entry["sql"], entry.get("species", "")
        )
        return
    for place, item in enumerate(entry["each"]):
        spelled = entry["ids"][place] if "ids" in entry else item
        yield Headline(
            entry["id"].replace("{each}", spelled),
            entry["names_zh"][place],
            entry["names_en"][place],
            entry["kind"],
            entry["sql"].replace("{each}", item),
            entry.get("species", "").replace("{each}", item),
        )


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


class HeadlineNumbers:
    """Headline numbers, computed when a template names them; remembers which were used."""

    def __init__(self, story: "Story") -> None:
        """Start with none."""
        self._story = story
        self._found: dict[str, Quantity | None] = {}

    def __getitem__(self, headline_id: str) -> Quantity:
        """Return a number.

        Raises:
            KeyError: no such headline, or the release has no value for it.
        """
        if headline_id not in self._found:
            self._found[headline_id] = self._story.compute(headlines()[headline_id])
        found = self._found[headline_id]
        if found is None:
            raise KeyError(headline_id)
        return found

    def used(self) -> list[tuple[Headline, Quantity]]:
        """Return what was asked for and found, in order of first use."""
        return [(headlines()[name], value) for name, value in self._found.items() if value is not None]


class RowSets:
    """Row sets by name, run when a template names them."""

    def __init__(self, queries: Queries) -> None:
        """Start with none."""
        self._queries = queries
        self._found: dict[str, list[Row]] = {}

    def __getitem__(self, name: str) -> list[Row]:
        """Return the rows; none when the release lacks a table.

        Raises:
            KeyError: there is no such set.
        """
        if name not in self._found:
            sql = read_toml("rows.toml")[name]["sql"]
            self._found[name] = self._queries.rows(name, sql) if self._queries.can_run(sql) else []
        return self._found[name]


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished chart or map: PNG for Word, SVG or PDF for the PDF."""

    png: bytes
    vector: bytes = b""


class Story:
    """Everything the templates of one document draw on.

    Args:
        edition: the release.
        language: ``zh`` or ``en``.
        queries: SQL on its tables.
        pictures: charts and maps by figure id; may lack any.
        draw_table: builds a table of tables.toml or an annex by id, None when the release lacks it.
    """

    def __init__(
        self,
        edition: Edition,
        language: Language,
        queries: Queries,
        pictures: Mapping[str, Picture],
        draw_table: Callable[["Story", str], DataTable | None],
    ) -> None:
        """Keep the parts."""
        self.edition, self.language, self.queries, self.pictures = edition, language, queries, pictures
        self.numbers = HeadlineNumbers(self)
        self.rows = RowSets(queries)
        self.names = Names(language)
        self.placed: list[str] = []
        self._draw_table = draw_table
        self._tables: dict[str, DataTable | None] = {}

    def compute(self, headline: Headline) -> Quantity | None:
        """Run the query of a headline; None when the release has no value."""
        if not self.queries.can_run(headline.sql):
            return None
        found = self.queries.rows(headline.headline_id, headline.sql)
        value = next(iter(found[0].values())) if found else None
        if value is None:
            return None
        text = numbers.written(float(value), headline.kind, self.language)
        return Quantity(float(value), text, f"source-{headline.headline_id}")

    def table(self, table_id: str) -> DataTable | None:
        """Return a table, or None when the release lacks what it needs."""
        if table_id not in self._tables:
            self._tables[table_id] = self._draw_table(self, table_id)
        return self._tables[table_id]

    def figure(self, figure_id: str) -> Figure | None:
        """Return a figure, or None without a picture."""
        entry = next(one for one in read_toml("figures.toml")["figure"] if one["id"] == figure_id)
        picture = self.pictures.get(figure_id)
        if picture is None:
            return None
        caption = self.edition.city_name + entry["zh"] if self.language == "zh" else entry["en"]
        return Figure(figure_id, text_runs(caption), picture.png, picture.vector, entry.get("width", 1.0))

    def has(self, name: str) -> bool:
        """Tell whether the release has rows of a table (``synergy.clusters``) or ran a module (``water``)."""
        return self.edition.has(name) if "." in name else name in self.edition.modules

    def see(self, *targets: str) -> Runs:
        """Refer to those of the figures and tables that stand in the document; nothing when none does."""
        open_, close, comma = ("（", "）", "、") if self.language == "zh" else (" (", ")", ", ")
        runs: list[Run] = []
        for target in targets:
            kind, _, name = target.partition(":")
            exists = self.figure(name) if kind == "fig" else self.table(name)
            if exists is not None:
                runs += [Run(comma if runs else open_), Run("", ref=target)]
        return merged((*runs, Run(close))) if runs else ()

    @staticmethod
    def see_number(target: str) -> Runs:
        """Refer to a figure or table that is known to stand in the document."""
        return (Run("", ref=target),)

    def values(self) -> dict[str, Any]:
        """Return the names a template may use."""
        edition = self.edition
        return {
            "v": self.numbers, "rows": self.rows, "has": self.has, "see": self.see,
            "city": edition.city_name, "province": edition.province, "base": edition.base_year,
            "near": edition.horizons[0], "far": edition.horizons[-1], "release": edition.release_id,
            "is_example": edition.is_example, "gwp_set": edition.gwp_set,
            "policy": self._scenario(self.queries.scenarios.policy),
            "strong": self._scenario(self.queries.scenarios.strong),
            "imprint": edition.imprint(self.language),
        }  # fmt: skip

    def _scenario(self, scenario_id: str) -> str:
        return self.names(self.queries.scenarios.names.get(scenario_id) or scenario_id)

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the functions a template may put behind a bar: every kind of number, and ``name``."""
        kinds = {kind: self._writer(kind) for kind in numbers.KINDS}
        return {
            **kinds,
            "name": self.names,
            "by_indicator": self.by_indicator,
            "size": abs,
            "sentence": self.sentence,
        }

    def sentence(self, text: str) -> str:
        """Return a text of the data as one sentence: it ends with one full stop."""
        stop = "。" if self.language == "zh" else "."
        return text.rstrip("。.；;，, ") + stop

    def _writer(self, kind: str) -> Callable[[float | None], str]:
        return lambda value: numbers.written(value, kind, self.language)

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
        kinds = {"_tce": "energy", "_t": "mass", "_share": "share", "_ug_per_m3": "concentration"}
        kind = next((kind for suffix, kind in kinds.items() if indicator.endswith(suffix)), "index")
        return numbers.written(value, kind, self.language)


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
