"""What a template may say: headline numbers, rows, tables and figures of one edition."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.absence import Absent, absent
from sxyd_pipeline.deliverables.report.declarations import Headline, headlines, read_toml
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.report.queries import Queries, Row
from sxyd_pipeline.deliverables.report.template import Quantity
from sxyd_pipeline.deliverables.report.writing import writing
from sxyd_pipeline.deliverables.typesetting.blocks import DataTable, Figure, Run, Runs
from sxyd_pipeline.deliverables.typesetting.inline import merged, text_runs

_MODULES = ("water", "ecology", "coastal", "non_co2")


class UnknownNameError(jinja2.TemplateRuntimeError):
    """A template names a headline, a row set or a table that does not exist."""

    def __init__(self, name: str) -> None:
        """Keep the name."""
        super().__init__(f"{name} does not exist")


class HeadlineNumbers:
    """Headline numbers, computed when a template names them; remembers which entered the text."""

    def __init__(self, compute: Callable[[Headline], Quantity | None]) -> None:
        """Start with none."""
        self._compute = compute
        self._found: dict[str, Quantity | None] = {}
        self._said: dict[str, None] = {}

    def find(self, headline_id: str) -> Quantity | None:
        """Return a number, None when the release has no value for it.

        Raises:
            UnknownNameError: there is no such headline.
        """
        if headline_id not in headlines():
            raise UnknownNameError(f"v.{headline_id}")
        if headline_id not in self._found:
            self._found[headline_id] = self._compute(headlines()[headline_id])
        return self._found[headline_id]

    def __getitem__(self, headline_id: str) -> Quantity | Absent:
        """Return a number for a template; what the release lacks is absent."""
        return self.find(headline_id) or absent(f"v.{headline_id}")

    def said(self, anchor: str) -> None:
        """Remember that the number with this anchor entered the text."""
        self._said[anchor] = None

    def used(self) -> list[tuple[Headline, Quantity]]:
        """Return the numbers of the text, in order of first use."""
        by_anchor = {value.anchor: (headlines()[name], value) for name, value in self._found.items() if value}
        return [by_anchor[anchor] for anchor in self._said if anchor in by_anchor]


class Rows(list[Row]):
    """Rows for a template: a place without row is absent."""

    def __init__(self, rows: Iterable[Row], name: str) -> None:
        """Keep the name of the set for messages."""
        super().__init__(rows)
        self.name = name

    def __getitem__(self, place: Any) -> Any:
        """Return a row or a part of the rows."""
        if isinstance(place, slice):
            return Rows(super().__getitem__(place), self.name)
        return super().__getitem__(place) if -len(self) <= place < len(self) else absent(f"rows.{self.name}")


class RowSets:
    """Row sets by name, run when a template names them."""

    def __init__(self, queries: Queries) -> None:
        """Start with none."""
        self._queries = queries
        self._found: dict[str, Rows] = {}

    def __getitem__(self, name: str) -> Rows:
        """Return the rows; none when the release lacks a table. A field without value is absent.

        Raises:
            UnknownNameError: there is no such set.
        """
        if name not in self._found:
            if name not in read_toml("rows.toml"):
                raise UnknownNameError(f"rows.{name}")
            sql = read_toml("rows.toml")[name]["sql"]
            rows = self._queries.rows(name, sql) if self._queries.can_say(sql) else []
            self._found[name] = Rows((_with_absent(row, name) for row in rows), name)
        return self._found[name]


def _with_absent(row: Row, name: str) -> Row:
    return {
        column: absent(f"{column} of rows.{name}")
        if value is None or (isinstance(value, float) and not math.isfinite(value))
        else value
        for column, value in row.items()
    }


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
        self.numbers = HeadlineNumbers(self.compute)
        self.rows = RowSets(queries)
        self.writing = writing(language)
        self.names = self.writing.names
        self.placed: list[str] = []
        self._draw_table = draw_table
        self._tables: dict[str, DataTable | None] = {}

    def compute(self, headline: Headline) -> Quantity | None:
        """Run the query of a headline; None when the release has no value."""
        if not self.queries.can_say(headline.sql):
            return None
        found = self.queries.rows(headline.headline_id, headline.sql)
        value = next(iter(found[0].values())) if found else None
        if value is None or not math.isfinite(value):
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
        """Tell whether the release has rows of a table, a value of a headline, or ran a module.

        Raises:
            UnknownNameError: the name is none of them.
        """
        if name in TABLE_BY_NAME:
            return self.edition.has(name)
        if name in _MODULES:
            return name in self.edition.modules
        return self.numbers.find(name) is not None

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
            "years": edition.horizons, "scenario": self.scenario,
            "is_example": edition.is_example, "gwp_set": edition.gwp_set,
            "policy": self._named(self.queries.scenarios.policy, "policy"),
            "strong": self._named(self.queries.scenarios.strong, "strong"),
            "imprint": edition.imprint(self.language),
        }  # fmt: skip

    def scenario(self, scenario_id: str) -> str:
        """Return the name of a scenario."""
        return self.names(self.queries.scenarios.names.get(scenario_id) or scenario_id)

    @property
    def words(self) -> Mapping[str, str]:
        """Words for titles of columns: the two scenarios and the years the text speaks of."""
        scenarios, years = self.queries.scenarios, self.edition.horizons
        return {
            "policy": self.scenario(scenarios.policy),
            "strong": self.scenario(scenarios.strong),
            "near": str(years[0]),
            "far": str(years[-1]),
        }

    def _named(self, scenario_id: str, name: str) -> str | Absent:
        return self.scenario(scenario_id) if scenario_id else absent(name)
