"""Hygiene of an access list: what makes a clause weak, and what to do about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_LINTS
from sxyd_pipeline.core.access.clause_lint_words import DOCUMENT_NOISE, ELEMENT_WORDS, MESSAGES, ZONE_NAMES
from sxyd_pipeline.core.access.likeness import likeness, normal_text
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.elements import DIMENSIONS

#: Texts of one scope that are at least this alike, with the same numbers, say the same twice.
NEARLY_EQUAL = 0.85
#: Verbs of a plain duty: without object or measure they ask for nothing that can be seen.
_PLAIN = ("应当", "鼓励", "完成", None)
#: Words left when a phrase says nothing: 加强环境风险管理，提高防范能力。
_HOLLOW = re.compile(
    r"加强|强化|完善|提高|提升|健全|落实|推进|加大|加快|全面|严格|进一步|持续|不断|积极|切实|有效|做好|深化|优化|规范|改善|防范|保障|"
    r"管理|监管|管控|建设|工作|力度|水平|能力|体系|制度|机制|措施|要求|责任|质量|环境|生态|风险|污染|防治|保护|治理|资源|利用|效率|空间|布局|节约|集约|环保|区域|相关|有关|各项|日常|意识|宣传|执法|监督|应急|处置|完备|"
    r"和|与|及|的|等|对|各|[\W_]+|本?单元|全市|全区|园区"
)
#: A bare ratio (0.95, 2) is plain; a bare 95 may be a percentage.
_LARGEST_RATIO = 10.0
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: Stated columns in the words of a Chinese reader: ``threshold: 0.05 share ≠ 8 %``.
_STATED_ZH = {"metric": "指标", "operator": "比较", "industry_codes": "行业代码", "threshold": "限值"}
_STATED = re.compile(rf"(^|;)({'|'.join(_STATED_ZH)}): ")
_SHARE = re.compile(r"(?<=\d) share\b")
Row = Mapping[str, Any]


def lint_clauses(
    clauses: pl.DataFrame,
    reference: Reference,
    control_unit_zones: pl.DataFrame | None = None,
    as_of: str | None = None,
) -> pl.DataFrame:
    """Find the weak clauses of a list.

    ======================== =====================================================================
    ``not_tied_to_zone``      names a kind of zone its scope has not, or is about another element
    ``duplicate``             word for word the same as an earlier clause of its scope
    ``near_duplicate``        nearly the same words and the same numbers as an earlier clause of its scope
    ``empty_phrase``          no object, measure, document or number: 加强管理
    ``threshold_without_unit`` a limit whose metric has a unit states none
    ``expired_basis``         its basis is no longer in force (``basis_documents``)
    ``unknown_industry``      a code GB/T 4754-2017 does not have
    ``dimension_mismatch``    its metric belongs to another dimension
    ``contradicts_text``      stated columns differ from the text
    ``broken_parent``         its basis names a clause that does not exist (``parent_clause_id``, where given)
    ======================== =====================================================================

    Args:
        clauses: parsed clauses (``CLAUSES`` or any frame with its columns); withdrawn ones are passed over.
        reference: ``industries``, ``metric_words``, ``basis_documents``.
        control_unit_zones: bridge ``control_unit_code, zone_code``; with it, clauses of control units are
            held against the zones of their unit.
        as_of: ISO date on which a basis must be in force; None takes the last date ``basis_documents`` knows.

    Returns:
        ``access.clause_lints``: one row per clause and weakness, sorted by both; empty for a good list.
    """
    rows = _rows(clauses)
    zones = _zone_types_of_units(control_unit_zones)
    documents = _expired(reference.basis_documents, as_of)
    metrics = {row["metric"]: row for row in reference.metric_words.to_dicts()}
    codes = frozenset(reference.industries["code"])
    known = {row["clause_id"] for row in rows}
    found: list[tuple[Row, str, dict[str, str]]] = [*_duplicates(rows)]
    for row in rows:
        found += [(row, lint, words) for lint, words in (
            *_zone(row, zones), *_empty(row), *_unit(row, metrics), *_basis(row, documents),
            *_industry(row, codes), *_dimension(row, metrics), *_contradiction(row, metrics),
            *_parent(row, known),
        )]  # fmt: skip
    return _told(found)


def _rows(clauses: pl.DataFrame) -> list[dict[str, Any]]:
    frame = clauses if "state" not in clauses.columns else clauses.filter(pl.col("state") != "withdrawn")
    return frame.to_dicts()


def _told(found: Iterable[tuple[Row, str, dict[str, str]]]) -> pl.DataFrame:
    rows = [
        {
            "city_code": row.get("city_code"), "clause_id": row["clause_id"], "lint_id": lint,
            **{column: text.format(**words) for column, text in MESSAGES[lint].items()},
        }
        for row, lint, words in found
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CLAUSE_LINTS.schema, orient="row").sort("clause_id", "lint_id")


def _duplicates(rows: list[dict[str, Any]]) -> Iterator[tuple[Row, str, dict[str, str]]]:
    seen: dict[tuple[Any, Any], list[tuple[str, str, list[str]]]] = {}
    for row in rows:
        text = normal_text(row["clause_text"] or "")
        numbers = _NUMBER.findall(row["clause_text"] or "")
        earlier = seen.setdefault((row.get("scope_type"), row.get("scope_code")), [])
        for other, other_text, other_numbers in earlier:
            if text == other_text and numbers == other_numbers:
                yield row, "duplicate", {"other": other}
                break
            if numbers == other_numbers and likeness(text, other_text) >= NEARLY_EQUAL:
                yield row, "near_duplicate", {"other": other}
                break
        earlier.append((row["clause_id"], text, numbers))


def _zone(row: Row, zones: Mapping[str, frozenset[str]] | None) -> Iterator[tuple[str, dict[str, str]]]:
    text = row["clause_text"] or ""
    kind, code = row.get("scope_type"), row.get("scope_code") or ""
    if kind == "zone_type":
        named = {zone for words, kinds in ZONE_NAMES if words in text for zone in kinds}
        if named and code[:3] not in named:
            yield "not_tied_to_zone", {"words": "、".join(words for words, _ in ZONE_NAMES if words in text)}
        elif not named and not _speaks_of(text, code) and _speaks_of_another(text, code):
            yield "not_tied_to_zone", {"words": text[:20]}
    elif kind == "control_unit" and zones is not None:
        body = text.split("：", 1)[-1]
        own = zones.get(code, frozenset())
        # A unit may plan a zone (划为禁燃区) before the layer shows it; only demands within one count.
        for words, kinds in ZONE_NAMES:
            if f"{words}内" in body and not own & set(kinds):
                yield "not_tied_to_zone", {"words": words}
                return


def _speaks_of(text: str, zone_type: str) -> bool:
    words = ELEMENT_WORDS.get(zone_type[1:2])
    return words is None or words.search(text) is not None


def _speaks_of_another(text: str, zone_type: str) -> bool:
    return any(words.search(text) for digit, words in ELEMENT_WORDS.items() if digit != zone_type[1:2])


def _zone_types_of_units(bridge: pl.DataFrame | None) -> dict[str, frozenset[str]] | None:
    """Return control unit -> types of its zones: characters 9 to 11 of a zone code (YS, adcode, type)."""
    if bridge is None:
        return None
    grouped = bridge.group_by("control_unit_code").agg(pl.col("zone_code").str.slice(8, 3).unique())
    return {code: frozenset(types) for code, types in grouped.rows()}


def _empty(row: Row) -> Iterator[tuple[str, dict[str, str]]]:
    text = (row["clause_text"] or "").split("：", 1)[-1]
    is_told = any(row.get(name) is not None for name in ("threshold", "industry_codes", "target_year"))
    if row.get("verb") in _PLAIN and not is_told and not _HOLLOW.sub("", text):
        yield "empty_phrase", {}


def _unit(row: Row, metrics: Mapping[str, Row]) -> Iterator[tuple[str, dict[str, str]]]:
    metric = metrics.get(row.get("metric") or "")
    is_ratio = metric is not None and metric["unit"] in {"1", "share"}
    unitless = is_ratio and abs(row.get("threshold") or 0.0) <= _LARGEST_RATIO
    if row.get("threshold") is not None and not row.get("unit") and not unitless:
        yield "threshold_without_unit", {"value": f"{row['threshold']:g}"}


def _expired(documents: pl.DataFrame, as_of: str | None) -> list[tuple[str, str, str, str]]:
    dates = pl.concat([documents["issued_on"], documents["valid_to"].drop_nulls()])
    day = as_of or str(dates.max())
    over = documents.filter(pl.col("valid_to").is_not_null() & (pl.col("valid_to") < day))
    return [
        (_bare(row["document"]), _bare(row["number"] or ""), row["valid_to"], row["replaced_by"] or "—")
        for row in over.to_dicts()
    ]


def _bare(text: str) -> str:
    return DOCUMENT_NOISE.sub("", text).lower()


def _basis(row: Row, documents: list[tuple[str, str, str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    if row.get("effective_to") is not None and documents and row["effective_to"] < documents[0][2]:
        yield (
            "expired_basis",
            {"document": str(row.get("basis") or "—"), "day": row["effective_to"], "new": "—"},
        )
        return
    for part in (row.get("basis") or "").split(";"):
        bare = _bare(part)
        for name, number, day, new in documents:
            if bare and (name in bare or (number and number in bare)):
                yield "expired_basis", {"document": part.strip(), "day": day, "new": new}
                break


def _industry(row: Row, codes: frozenset[str]) -> Iterator[tuple[str, dict[str, str]]]:
    stated = [code.strip() for code in (row.get("industry_codes") or "").split(";") if code.strip()]
    wrong = [code for code in stated if code not in codes]
    if wrong:
        yield "unknown_industry", {"codes": "、".join(wrong)}


def _dimension(row: Row, metrics: Mapping[str, Row]) -> Iterator[tuple[str, dict[str, str]]]:
    metric = metrics.get(row.get("metric") or "")
    stated = row.get("dimension")
    # Carbon stands with pollutants and with resources, sizes and distances with whatever they pick out.
    if metric is None or stated is None or metric["is_carbon"] or metric["dimension"] in {stated, "space"}:
        return
    allowed = {
        "emission": ("emission", "risk"),
        "risk": ("risk", "emission"),
        "resource": ("resource", "emission"),
    }
    if stated not in allowed[metric["dimension"]]:
        words = {"stated": DIMENSIONS.get(stated, str(stated)), "usual": DIMENSIONS[metric["dimension"]]}
        yield "dimension_mismatch", words | {"metric": str(metric["name_zh"])}


def _contradiction(row: Row, metrics: Mapping[str, Row]) -> Iterator[tuple[str, dict[str, str]]]:
    told = row.get("contradictions")
    if told:
        zh = _STATED.sub(lambda found: f"{found[1]}{_STATED_ZH[found[2]]} ", told)
        zh = _SHARE.sub("（比值）", zh)
        words = (str(metrics[word]["name_zh"]) if word in metrics else word for word in zh.split(" "))
        yield "contradicts_text", {"what_en": told, "what_zh": " ".join(words)}


def _parent(row: Row, known: set[str]) -> Iterator[tuple[str, dict[str, str]]]:
    parent = row.get("parent_clause_id")
    if parent and parent not in known:
        yield "broken_parent", {"parent": parent}
