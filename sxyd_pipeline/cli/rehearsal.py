"""Inputs and zoning of a package, computed and audited without storing anything.

The assets of the graph are called one after the other, so a check says what a run would say.
A table that fails does not end the rehearsal: what does not need it goes on.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import DECLARATIONS, Declaration
from sxyd_pipeline.assets.inputs import layers, tables
from sxyd_pipeline.assets.zoning import zoning
from sxyd_pipeline.checks.audit import Case, audit
from sxyd_pipeline.checks.frames import attributes_of
from sxyd_pipeline.checks.invariants import rules_of
from sxyd_pipeline.checks.results import CheckResult, sample_json
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import PackageContentError
from sxyd_pipeline.core.inputs.headers import map_headers
from sxyd_pipeline.core.inputs.raw import RawLayer, RawTable, UnreadFile
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.package import LAYER_ALIASES, ZONES, CityPackage
from sxyd_pipeline.io.package_errors import MissingLayerError
from sxyd_pipeline.io.readers_layer import LAYER_SUFFIXES, read_layer
from sxyd_pipeline.io.shapes import FIELDS, OPTIONAL_TABLES, TABLE_MODULES, TABLE_NAMES
from sxyd_pipeline.vocabulary.elements import LAYERS, REQUIRED_LAYERS
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

#: Groups that a package can be held to before anything is computed from it.
GROUPS = (layers.__name__.split(".")[2], zoning.__name__.split(".")[2])
DISTRICTS = "districts"

#: Columns a reader adds to the headers of the file.
_ADDED_COLUMNS = ("source_sheet", "source_row")

ISSUE_SCHEMA: dict[str, type[pl.DataType]] = {
    "strength": pl.String, "table_name": pl.String, "source_file": pl.String, "source_sheet": pl.String,
    "source_row": pl.Int64, "column_name": pl.String, "value": pl.String, "rule": pl.String,
    "message_zh": pl.String, "message_en": pl.String, "remedy_zh": pl.String, "remedy_en": pl.String,
}  # fmt: skip

_WORDS = pl.DataFrame(
    [
        {
            "rule": rule.code, "message_zh": rule.zh, "message_en": rule.en,
            "remedy_zh": rule.remedy_zh, "remedy_en": rule.remedy_en,
        }
        for rule in RULE_BY_CODE.values()
    ]
)  # fmt: skip


@dataclass(slots=True)
class PackageView:
    """A package as the assets see it, remembering which file each table was read from.

    ``only`` restricts the layers: when one layer cannot be read, the tables are still checked
    against the districts.
    """

    package: CityPackage
    only: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def open(self, _city: str) -> "PackageView":
        """Stand in for the store of packages: there is only this one."""
        return self

    @property
    def config(self) -> CityConfig:
        """Settings of the city."""
        return self.package.config

    def table(self, name: str) -> RawTable:
        """Return a table as read."""
        raw = self.package.table(name)
        self.files[name] = raw.file
        self.rows[name] = raw.frame.height
        if raw.frame.is_empty() and raw.file and name not in OPTIONAL_TABLES:
            raise UnfilledTableError(name, raw.file)
        return raw

    def layers(self) -> Sequence[RawLayer]:
        """Return the layers as read."""
        if not self.only:
            return self.package.layers()
        # One by one: the package refuses all its layers when a required one is missing.
        files = {name: path for name, path in self.package.files() if is_layer_file(name)}
        return [
            read_layer(path, layer, file, LAYER_ALIASES[layer])
            for layer in self.only
            for file, path in files.items()
            if file_stem(file) in spellings_of_layer(layer)
        ]

    def proxies(self) -> Sequence[RawLayer]:
        """Return the proxies as read."""
        return self.package.proxies()

    def unread(self) -> Sequence[UnreadFile]:
        """Return the files that wait for a module to be switched on."""
        return self.package.unread()


class UnfilledTableError(SxydError):
    """A required table has its header and nothing else."""

    def __init__(self, name: str, file: str) -> None:
        """Name the table."""
        self.file = file
        super().__init__(
            f"{name} 只有表头，没有数据",
            f"{name} has a header and no rows",
            remedy_zh=f"填写 {file}",
            remedy_en=f"fill in {file}",
        )


@dataclass(slots=True)
class Rehearsal:
    """What came out: results by asset, issues, and what could not be checked because of what.

    Attributes:
        results: outcome of every asset that could be computed.
        issues: everything found, with :data:`ISSUE_SCHEMA`.
        waiting: assets that were not reached, with the parent that failed.
        failed: assets that raised.
        view: the package, with the files that were read.
    """

    view: PackageView
    results: dict[str, Outcome] = field(default_factory=dict)
    issues: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ISSUE_SCHEMA))
    waiting: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    @property
    def is_blocked(self) -> bool:
        """Whether a run would stop."""
        return bool((self.issues["strength"] == "block").any())

    def add(self, issues: pl.DataFrame) -> None:
        """Add issues."""
        self.issues = pl.concat([self.issues, issues])


@dataclass(frozen=True, slots=True)
class _Context:
    """The part of Dagster's context that assets read."""

    partition_key: str


@dataclass(frozen=True, slots=True)
class _References:
    """Stands in for the store of reference data."""

    loaded: Reference

    def load(self) -> Reference:
        """Return the reference tables."""
        return self.loaded


class _NoLake:
    """A lake without earlier results: a check does not depend on what was run before."""

    @staticmethod
    def last_good_layer(_asset: str, _city: str) -> None:
        """Return nothing, as on a first run."""


def rehearse(package: CityPackage, reference: Reference) -> Rehearsal:
    """Compute and audit inputs and zoning of a package.

    Args:
        package: the package, opened.
        reference: reference tables.

    Returns:
        Results and issues, sorted by file, row and column.
    """
    rehearsal = Rehearsal(PackageView(package))
    city = package.config.adcode
    resources = {
        "context": _Context(city), "packages": rehearsal.view, "reference": _References(reference),
        "lake": _NoLake(),
    }  # fmt: skip
    for name, error in _scan(rehearsal.view):
        rehearsal.add(issues_of_error(error, name))
    stand_ins: dict[str, Outcome] = {}
    declared = {name: one for name, one in DECLARATIONS.items() if one.group in GROUPS}
    parents = {name: [p for p in _parameters(one) if p in declared] for name, one in declared.items()}
    for name in TopologicalSorter(parents).static_order():
        # Tables are checked against the districts alone when another layer is broken; zoning is not.
        available = rehearsal.results | (stand_ins if declared[name].group == GROUPS[0] else {})
        missing = next((parent for parent in parents[name] if parent not in available), None)
        if missing is not None:
            rehearsal.waiting[name] = missing
            continue
        given = {parent: available[parent] for parent in parents[name]}
        _attempt(rehearsal, declared[name], given, resources, city)
        if name in rehearsal.failed and name == layers.layers.__name__:
            stand_ins |= _districts_alone(package, resources)
    rehearsal.issues = rehearsal.issues.unique(maintain_order=True).sort(
        "source_file", "source_sheet", "source_row", "column_name", "rule", maintain_order=True
    )
    return rehearsal


def _scan(view: PackageView) -> Iterator[tuple[str, SxydError]]:
    """Look into every file by itself, so that one missing part does not hide the others."""
    for name in TABLE_NAMES:
        if TABLE_MODULES[name] and not view.config.has_module(TABLE_MODULES[name]):
            continue
        try:
            raw = view.table(name)
            if raw.file:
                headers = [header for header in raw.frame.columns if header not in _ADDED_COLUMNS]
                map_headers(FIELDS[name], headers, Place(raw.file))
        except SxydError as error:
            yield name, error
    present = {file_stem(name) for name, _ in view.package.files() if is_layer_file(name)}
    for name in LAYERS:
        needed = name in REQUIRED_LAYERS or view.config.has_module(name)
        if needed and not present & spellings_of_layer(name):
            accepted = [f"{ZONES}/{name}{end}" for end in LAYER_SUFFIXES]
            yield layers.layers.__name__, MissingLayerError(name, accepted)


def is_layer_file(path: str) -> bool:
    """Tell whether a file of the package, named by its path inside it, holds a layer."""
    return path.startswith(f"{ZONES}/") and path.lower().endswith(LAYER_SUFFIXES)


def file_stem(path: str) -> str:
    """Return the name of a file without its endings, in lower case."""
    return PurePosixPath(path).name.casefold().split(".")[0]


def spellings_of_layer(name: str) -> set[str]:
    """Return the file names a layer may have, in lower case."""
    return {spelling.casefold() for spelling in (name, *LAYER_ALIASES[name])}


def issues_of_error(error: SxydError, table_name: str) -> pl.DataFrame:
    """Return an error, and the findings it carries, as issues."""
    carried = issues_of_findings(error.findings) if isinstance(error, PackageContentError) else None
    if carried is not None and (carried["strength"] == "block").any():
        # The message only sums up the findings.
        return carried
    file = error.place.file or getattr(error, "file", "")
    own = _issue(
        strength="block", table_name=table_name, source_file=file, source_sheet=error.place.sheet or None,
        source_row=error.place.row, column_name=error.place.column or None, value=error.place.value or None,
        rule=error.rule, message_zh=error.zh, message_en=error.en,
        remedy_zh=error.remedy_zh, remedy_en=error.remedy_en,
    )  # fmt: skip
    return own if carried is None else pl.concat([own, carried])


def issues_of_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings of a step as issues, worded by their rules."""
    return findings.join(_WORDS, on="rule", how="left", maintain_order="left").select(
        pl.col(name).cast(dtype) for name, dtype in ISSUE_SCHEMA.items()
    )


def _attempt(
    rehearsal: Rehearsal,
    declared: Declaration,
    given: Mapping[str, Outcome],
    resources: Mapping[str, object],
    city: str,
) -> None:
    name = declared.name
    contract = TABLE_BY_ASSET[name]
    if contract.module and not rehearsal.view.config.has_module(contract.module):
        rehearsal.results[name] = Outcome(contract.empty())
        return
    try:
        outcome = _call(declared, given, resources)
        rules = rules_of(
            contract, hands_on_outcome=inspect.signature(declared.function).return_annotation is Outcome
        )
        verdicts = audit(Case(contract, outcome, city, dict(given)), rules)
    except SxydError as error:
        rehearsal.failed.add(name)
        rehearsal.add(issues_of_error(error, name))
        return
    rehearsal.results[name] = outcome
    rehearsal.add(issues_of_findings(outcome.findings))
    for verdict in verdicts:
        if not verdict.passed:
            # A rule across layers belongs to no single file; then the table stands in its place.
            file = rehearsal.view.files.get(name) or contract.full_name
            rehearsal.add(_issue_of_verdict(verdict, contract.full_name, file))


def _call(declared: Declaration, given: Mapping[str, Outcome], resources: Mapping[str, object]) -> Outcome:
    arguments: dict[str, Any] = {}
    for name, parameter in _parameters(declared).items():
        arguments[name] = (
            _in_form(name, given[name], parameter.annotation) if name in given else resources[name]
        )
    result = declared.function(**arguments)
    return result if isinstance(result, Outcome) else Outcome(result)


def _in_form(name: str, outcome: Outcome, annotation: object) -> object:
    """Bring a parent to the form a parameter is annotated with, as the lake does."""
    if annotation is Outcome:
        return outcome
    if annotation is pl.DataFrame and isinstance(outcome.table, gpd.GeoDataFrame):
        return attributes_of(outcome.table, TABLE_BY_ASSET[name])
    return outcome.table


def _parameters(declared: Declaration) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(declared.function).parameters


def _districts_alone(package: CityPackage, resources: Mapping[str, object]) -> dict[str, Outcome]:
    view = PackageView(package, only=(DISTRICTS,))
    name = layers.layers.__name__
    try:
        if not view.layers():
            return {}
        return {name: _call(DECLARATIONS[name], {}, {**resources, "packages": view})}
    except SxydError:
        # The failure of the whole layer set is reported already; without districts the tables wait.
        return {}


def _issue_of_verdict(verdict: CheckResult, table_name: str, file: str) -> pl.DataFrame:
    detail = f"：{verdict.detail}" if verdict.detail else ""
    return _issue(
        strength="block" if verdict.blocks else "warn", table_name=table_name, source_file=file,
        source_sheet=None, source_row=None, column_name=None,
        value=sample_json(verdict.sample.head(3)), rule=verdict.name,
        message_zh=f"检查未通过：{verdict.zh}{detail}（{verdict.offending_rows} 行）",
        message_en=f"check failed: {verdict.en}{detail} ({verdict.offending_rows} rows)",
        remedy_zh="按示例行核对源数据", remedy_en="check the source data of the sample rows",
    )  # fmt: skip


def _issue(**parts: object) -> pl.DataFrame:
    return pl.DataFrame([parts], schema=ISSUE_SCHEMA, orient="row")


#: Importing the modules declares their assets.
DECLARING = (layers, tables, zoning)
