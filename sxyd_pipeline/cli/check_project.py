"""``sxyd check-project``: may this project be built here, and what would it need?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sxyd_pipeline.cli.faults import WrongUsageError
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.core.access import project_input as typed
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.project import (
    CONFORM,
    REFUSED,
    VERDICTS_ZH,
    Estimate,
    Facts,
    Judgement,
    Project,
    clauses_of_place,
    overall_verdict,
)
from sxyd_pipeline.core.access.project_estimate import estimate_project, traits_of
from sxyd_pipeline.core.access.project_judges import judge_project
from sxyd_pipeline.core.access.rules import readable
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.combined import open_published
from sxyd_pipeline.io.project_site import (
    PointOutsideCityError,
    Site,
    UnreadableProjectError,
    read_project_file,
    read_site,
)
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import Workspace, reference_folder
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ELEMENT_BY_CODE

_COLOURS = {"不合规": "bold red", "需论证": "yellow", "不可判定": "dim", "合规": "green"}
_SPECIES = ("CO2", "SO2", "NOx", "PM2.5", "PM10", "VOCs", "NH3", "CH4", "N2O")
#: Tables and keys a project file may hold.
_FILE_KEYS = (
    "name", "lon", "lat", "industry", "year", "value_added", "boiler_t_per_h", "products", "fuels",
    "emissions", "replaces", "removal", "stated",
)  # fmt: skip


class ProjectUsageError(WrongUsageError):
    """The project, its place or a word of it cannot be understood; exit code 2."""

    def __init__(self, fault: SxydError) -> None:
        """Pass on what is wrong."""
        super().__init__(
            fault.zh, fault.en, remedy_zh=fault.remedy_zh, remedy_en=fault.remedy_en, place=fault.place
        )
        self.fault = fault

    @property
    def rule(self) -> str:
        """Name of the rule that was broken underneath."""
        return self.fault.rule


class IncompleteProjectError(WrongUsageError):
    """Place or industry of the project is not given."""

    def __init__(self, missing: Sequence[str]) -> None:
        """Name what is missing."""
        listed = ", ".join(missing)
        super().__init__(
            f"缺少 {listed}",
            f"missing: {listed}",
            remedy_zh="用 --lon --lat --industry 给出，或写入 --file 的项目文件",
            remedy_en="give --lon --lat --industry, or put them into the file of --file",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed; texts are not read yet."""

    city: str
    lon: float | None
    lat: float | None
    industry: str | None
    products: Sequence[str]
    fuels: Sequence[str]
    emissions: Sequence[str]
    replaces: Sequence[str]
    removal: Sequence[str]
    stated: Sequence[str]
    value_added: str | None
    boiler: float | None
    file: Path | None
    year: int | None
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The judged project with all that is printed."""

    site: Site
    project: Project
    industry_name: str
    estimate: Estimate
    judgements: list[Judgement]
    verdict: str
    year: int


def check_project(screen: Screen, workspace: Workspace, question: Question) -> int:
    """Judge a proposed project by the published list.

    Returns:
        0 when nothing forbids it, 1 when a clause refuses it.

    Raises:
        ProjectUsageError: point outside the city, unknown industry, product, fuel, species or unit.
        IncompleteProjectError: place or industry is missing.
    """
    reference = load_reference(reference_folder())
    try:
        project, year, industry = _read(question, reference)
        connection = open_published(workspace, as_of=question.as_of)
        try:
            site = read_site(connection, question.city, project.lon, project.lat)
        finally:
            connection.close()
    except (typed.ProjectInputError, PointOutsideCityError, UnreadableProjectError) as fault:
        raise ProjectUsageError(fault) from fault
    answer = judge(site, project, reference, year or site.near_year, industry)
    _show(screen, answer)
    screen.finish(ok=answer.verdict != REFUSED, verb="check-project", **_document(answer))
    return 1 if answer.verdict == REFUSED else 0


def judge(site: Site, project: Project, reference: Reference, year: int, industry: str) -> Answer:
    """Estimate the project and hold the clauses of its place against it."""
    metrics = metrics_of(reference.clause_metrics)
    estimate = estimate_project(project, reference, site.city, year)
    limits = reference.benchmark_limits.drop_nulls("advanced")
    facts = Facts(
        place=site.place,
        loads=site.loads,
        year=year,
        metrics=metrics,
        advanced=dict(limits.drop_nulls("activity_codes").select("activity_codes", "advanced").iter_rows()),
        objects=reference.project_objects.sort("position").to_dicts(),
        traits=traits_of(project, estimate, site.place.zone_types, reference, site.province),
    )
    reaching = clauses_of_place(site.clauses, site.place, metrics, site.waivers)
    judgements = judge_project(reaching, project, estimate, facts)
    order = list(VERDICTS_ZH)
    judgements.sort(key=lambda one: order.index(one.finding.verdict))
    return Answer(site, project, industry, estimate, judgements, overall_verdict(judgements), year)


def _read(question: Question, reference: Reference) -> tuple[Project, int | None, str]:
    """Return the project of file and options; options win."""
    written: dict[str, Any] = read_project_file(question.file) if question.file else {}
    unknown = sorted(set(written) - set(_FILE_KEYS))
    if unknown:
        raise typed.ProjectInputError(
            unknown[0],
            "项目文件中未知的键",
            "unknown key of the project file",
            f"可用：{'、'.join(_FILE_KEYS)}",
            f"use {', '.join(_FILE_KEYS)}",
        )
    lon = question.lon if question.lon is not None else written.get("lon")
    lat = question.lat if question.lat is not None else written.get("lat")
    industry = question.industry or written.get("industry")
    needed = {"--lon": lon, "--lat": lat, "--industry": industry}
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise IncompleteProjectError(missing)
    name = typed.check_industry(str(industry), reference)
    value_added = question.value_added or written.get("value_added")
    boiler = question.boiler if question.boiler is not None else written.get("boiler_t_per_h")
    project = Project(
        name=str(written.get("name", name)),
        lon=float(lon or 0.0),
        lat=float(lat or 0.0),
        industry_code=str(industry),
        products=typed.read_activities(_pairs(question.products, written, "products"), ("product", "area")),
        fuels=typed.read_activities(_pairs(question.fuels, written, "fuels"), ("fuel", "energy_carrier")),
        removal=typed.read_removal(_pairs(question.removal, written, "removal")),
        emissions_t=typed.read_tonnes(_pairs(question.emissions, written, "emissions")),
        replaces_t=typed.read_tonnes(_pairs(question.replaces, written, "replaces")),
        stated=typed.read_stated(
            _pairs(question.stated, written, "stated"), reference.clause_metrics["metric"]
        ),
        value_added_cny=typed.read_money(str(value_added)) if value_added else None,
        boiler_t_per_h=None if boiler is None else float(boiler),
    )
    return project, question.year or written.get("year"), name


def _pairs(texts: Sequence[str], written: Mapping[str, Any], table: str) -> dict[str, str]:
    """Return ``name=value`` texts over a table of the file."""
    pairs = {str(name): str(value) for name, value in dict(written.get(table, {})).items()}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise typed.ProjectInputError(
                text,
                "应写成 名称=数量",
                "write name=amount",
                "如 crude_steel_eaf=300kt",
                "such as crude_steel_eaf=300kt",
            )
        pairs[name.strip()] = value
    return pairs


def _show(screen: Screen, answer: Answer) -> None:
    site, project, place = answer.site, answer.project, answer.site.place
    label = f"［{site.data_label}］" if site.data_label else ""
    screen.say(
        f"项目：{project.name}（{project.industry_code} {answer.industry_name}），"
        f"({project.lon}, {project.lat})，发布 {site.release_id}{label}",
        f"project: {project.name} ({project.industry_code}), "
        f"({project.lon}, {project.lat}), release {site.release_id}{label}",
        "bold",
    )
    screen.say(
        f"管控单元：{place.control_unit_code} {place.control_unit_name}",
        f"control unit: {place.control_unit_code} {place.control_unit_name}",
    )
    zones = [
        (
            ELEMENT_BY_CODE[zone["element"]].zh if screen.settings.language == "zh" else zone["element"],
            zone["zone_code"],
            zone["zone_type_name"],
        )
        for zone in place.zones
    ]
    screen.table(_heads(screen, ("要素", "要素分区", "细类"), ("element", "zone", "type")), zones)
    _show_estimate(screen, answer)
    rows = [_row(screen, one) for one in answer.judgements]
    heads = (
        ("结论", "条款", "层级", "维度", "条款内容", "说明", "余量", "还需"),
        ("verdict", "clause", "level", "dimension", "text", "why", "margin", "needed"),
    )
    screen.table(_heads(screen, *heads), rows, numeric=(6,), styles=_COLOURS)
    counts = {
        verdict: sum(one.finding.verdict == verdict for one in answer.judgements) for verdict in VERDICTS_ZH
    }
    listed = "，".join(f"{VERDICTS_ZH[verdict]} {count}" for verdict, count in counts.items())
    listed_en = ", ".join(f"{verdict} {count}" for verdict, count in counts.items())
    ids = [str(one.clause["clause_id"]) for one in answer.judgements if one.finding.verdict == REFUSED]
    style = _COLOURS[VERDICTS_ZH[answer.verdict]]
    screen.say(
        f"总体结论：{VERDICTS_ZH[answer.verdict]}（{listed}）"
        + (f"；不合规条款：{'、'.join(ids)}" if ids else ""),
        f"verdict: {answer.verdict} ({listed_en})" + (f"; refusing: {', '.join(ids)}" if ids else ""),
        style,
    )


def _show_estimate(screen: Screen, answer: Answer) -> None:
    estimate = answer.estimate
    emitted = [(s, readable(estimate.emissions_t[s])) for s in _SPECIES if estimate.emissions_t.get(s)]
    listed = "，".join(f"{species} {tonnes} t" for species, tonnes in emitted) or "—"
    screen.say(
        f"估算排放（直接，t/a）：{listed}；外购电力热力间接 CO2 {readable(estimate.indirect_tco2)} "
        f"t；综合能耗 {readable(estimate.energy_kgce / 1000)} tce",
        f"estimated emissions (direct, t/a): {listed}; indirect CO2 "
        f"{readable(estimate.indirect_tco2)} t; energy {readable(estimate.energy_kgce / 1000)} tce",
    )
    for zh, en in zip(estimate.notes_zh, estimate.notes_en, strict=True):
        screen.note(zh, en)


def _heads(screen: Screen, zh: Sequence[str], en: Sequence[str]) -> Sequence[str]:
    return [screen.pick(one, other) for one, other in zip(zh, en, strict=True)]


def _row(screen: Screen, one: Judgement) -> list[object]:
    clause, finding = one.clause, one.finding
    unit = "" if finding.unit in {None, "1", "share"} else f" {finding.unit}"
    margin = "" if finding.margin is None else f"{readable(finding.margin)}{unit}"
    needed = "" if finding.verdict == CONFORM else screen.pick(finding.needed_zh, finding.needed_en)
    return [
        screen.pick(VERDICTS_ZH[finding.verdict], finding.verdict), clause["clause_id"], clause["level"],
        screen.pick(DIMENSIONS[clause["dimension"]], clause["dimension"]), clause["clause_text"],
        screen.pick(finding.why_zh, finding.why_en), margin, needed,
    ]  # fmt: skip


def _document(answer: Answer) -> dict[str, object]:
    estimate, place = answer.estimate, answer.site.place
    return {
        "verdict": answer.verdict,
        "verdict_zh": VERDICTS_ZH[answer.verdict],
        "city": answer.site.city,
        "release_id": answer.site.release_id,
        "data_label": answer.site.data_label,
        "year": answer.year,
        "industry_code": answer.project.industry_code,
        "lon": answer.project.lon,
        "lat": answer.project.lat,
        "control_unit": {
            "code": place.control_unit_code, "name": place.control_unit_name,
            "control_class": place.control_class, "is_park": place.is_park,
        },
        "zones": [dict(zone) for zone in place.zones],
        "emissions_t": dict(estimate.emissions_t),
        "indirect_tco2": estimate.indirect_tco2,
        "coal_t": estimate.coal_t,
        "energy_tce": estimate.energy_kgce / 1000.0,
        "notes_zh": list(estimate.notes_zh),
        "notes_en": list(estimate.notes_en),
        "clauses": [
            {
                "clause_id": one.clause["clause_id"], "level": one.clause["level"],
                "scope_code": one.clause["scope_code"], "dimension": one.clause["dimension"],
                "clause_text": one.clause["clause_text"], "metric": one.clause["metric"],
                "via_zones": list(one.via_zones), "verdict": one.finding.verdict,
                "verdict_zh": VERDICTS_ZH[one.finding.verdict], "why_zh": one.finding.why_zh,
                "why_en": one.finding.why_en, "needed_zh": one.finding.needed_zh,
                "needed_en": one.finding.needed_en,
                "actual": one.finding.actual, "threshold": one.finding.threshold, "unit": one.finding.unit,
                "margin": one.finding.margin,
            }
            for one in answer.judgements
        ],
    }  # fmt: skip
