"""Assets called without Dagster, lake and gates: what a city's package makes of them."""

import inspect
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.checks.frames import attributes_of
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.definitions import CHAPTERS
from sxyd_pipeline.io.package import CityPackage
from sxyd_pipeline_tests.core.inputs.standardising import reference
from sxyd_pipeline_tests.packages import TINY_ADCODE

#: The assets of the graph, declared as soon as the definitions are loaded.
GRAPH = {name: declared for name, declared in DECLARATIONS.items() if declared.group in CHAPTERS}


@dataclass
class Stage:
    """Stands in for Dagster: the context and the stores an asset asks for."""

    package: CityPackage
    earlier_totals: float | None = None
    partition_key: str = TINY_ADCODE
    results: dict[str, Outcome] = field(default_factory=dict)

    def open(self, _city: str) -> CityPackage:
        """The one package there is."""
        return self.package

    def load(self) -> Reference:
        """The reference data the product ships."""
        return reference()

    def last_totals(self, _city: str, totals: pl.DataFrame) -> pl.DataFrame | None:
        """Totals of a release made before, a multiple of today's; None when nothing was published."""
        if self.earlier_totals is None:
            return None
        return totals.with_columns(pl.col("emission_t") * self.earlier_totals)

    def last_good_layer(self, _asset: str, _city: str) -> None:
        """A layer of an earlier run; there was none."""

    def make(self, asset: str) -> Outcome:
        """Make an asset and, once, everything it is made from."""
        if asset not in self.results:
            self.results[asset] = self._call(asset)
        return self.results[asset]

    def _call(self, asset: str) -> Outcome:
        table = TABLE_BY_ASSET[asset]
        if table.module and not self.package.config.has_module(table.module):
            return Outcome(table.empty())
        function = GRAPH[asset].function
        arguments = {
            name: self._form(name, parameter.annotation) if name in GRAPH else self
            for name, parameter in inspect.signature(function).parameters.items()
        }
        result: Any = function(**arguments)
        return result if isinstance(result, Outcome) else Outcome(result)

    def _form(self, asset: str, annotation: object) -> object:
        outcome = self.make(asset)
        if annotation is Outcome:
            return outcome
        if annotation is pl.DataFrame and not isinstance(outcome.table, pl.DataFrame):
            return attributes_of(outcome.table, TABLE_BY_ASSET[asset])
        return outcome.table
