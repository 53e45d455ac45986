"""A difference in words: sentences first, then the rows behind them, in Chinese or English."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.deliverables.difference.compare import Difference
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.report.writing import Names
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE
from sxyd_pipeline.vocabulary.elements import DIMENSIONS
from sxyd_pipeline.vocabulary.levers import SHIPPED_SCENARIOS
from sxyd_pipeline.vocabulary.species import SPECIES_BY_CODE

#: Rows of a table in the documents; the JSON document has all.
MOST_ROWS = 60
#: Sources named in a sentence.
_NAMED = 3
#: Decimals of a number that can be read at a glance, by its size.
_DECIMALS, _MOST_DECIMALS = ((1000.0, 0), (1.0, 2)), 4
_CHANGES = {
    "added": ("新增", "added"), "removed": ("撤销", "withdrawn"), "reworded": ("修订", "reworded"),
    "limit": ("限值调整", "limit changed"), "state": ("状态变化", "state changed"),
    "changed": ("修改", "changed"),
}  # fmt: skip
_SCOPES = {
    "city": ("全市", "city"), "district": ("区县", "district"), "zone": ("要素分区", "zone"),
    "control_unit": ("管控单元", "control unit"), "facility": ("企业", "facility"),
    "zone_type": ("要素细类", "zone type"), "province": ("全省", "province"), "region": ("区域", "region"),
}  # fmt: skip
_VERDICTS = {
    "pass": ("符合", "holds"),
    "fail": ("不符合", "fails"),
    "not_computable": ("无法计算", "not computable"),
}
_STATES = {
    "kept": ("保留", "kept"),
    "changed": ("修订", "changed"),
    "new": ("新增", "new"),
    "withdrawn": ("撤销", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One chapter of a comparison.

    Attributes:
        name: identifier.
        title: heading.
        sentences: what is to be said.
        headings: headings of the table, or none.
        rows: cells as text.
        left_out: rows that are not shown.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0


def word(difference: Difference, language: Language) -> list[Part]:
    """Return the comparison in words: a summary, then sources, totals, units, targets and clauses."""
    titles = _titles(difference.before) | _titles(difference.after)
    voice = _Voice(difference, language, Names(language), titles)
    parts = [
        voice.summary(), voice.sources(), voice.totals(), voice.units(), voice.gaps(), voice.clauses(),
        voice.verdicts(), voice.factors(), voice.files(),
    ]  # fmt: skip
    return [part for part in parts if part.name == "summary" or part.rows or part.sentences]


#: What a scope is called: kind of scope, table, code, name.
_TITLED = (
    ("district", "zoning.districts", "district_code", "district_name"),
    ("zone", "zoning.zones", "zone_code", "zone_name"),
    ("control_unit", "zoning.control_units", "control_unit_code", "control_unit_name"),
    ("facility", "inputs.facilities", "facility_id", "facility_name"),
    ("scenario", "projection.drivers", "scenario_id", "scenario_name"),
)


def _titles(edition: Edition) -> dict[tuple[str, str], str]:
    """Return ``(kind of scope, code) -> name`` of everything a row may speak of."""
    return {
        (kind, str(code)): str(name)
        for kind, table, key, title in _TITLED
        if edition.has(table)
        for code, name in edition.table(table).select(key, title).unique().sort(key, title).iter_rows()
    }


@dataclass(frozen=True, slots=True)
class _Voice:
    difference: Difference
    language: Language
    names: Names
    titles: Mapping[tuple[str, str], str]

    def scenario(self, code: str) -> str:
        """Return the name of a scenario; shipped ones have one in both languages."""
        shipped = SHIPPED_SCENARIOS.get(code)
        return self.names(shipped) if shipped else self.titles.get(("scenario", code), code)

    def pick(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def _part(
        self,
        name: str,
        title: tuple[str, str],
        headings: Sequence[tuple[str, str]],
        rows: Iterator[tuple[str, ...]],
    ) -> Part:
        cells = list(rows)
        shown = tuple(cells[:MOST_ROWS])
        return Part(
            name,
            self.pick(*title),
            (),
            tuple(self.pick(*one) for one in headings),
            shown,
            len(cells) - len(shown),
        )

    def summary(self) -> Part:
        one = self.difference
        title = self.pick("变化概要", "What changed")
        if one.is_empty:
            return Part(
                "summary", title, (self.pick("两次发布没有差别。", "The two releases do not differ."),)
            )
        classes = int(one.units["class_changed"].sum())
        ranks = one.units.filter(~pl.col("class_changed"), pl.col("rank_changed")).height
        loads = one.units.height - classes - ranks
        met = one.gaps.filter(pl.col("is_met_after")).height
        counts = dict(one.clauses.group_by("change").len().iter_rows())
        sentences = [
            self._because(),
            self._carbon(),
            self.pick(
                f"{classes} 个管控单元的协同等级或象限发生变化，{ranks} 个仅位次变化，{loads} 个仅排放变化。",
                f"{classes} control unit(s) changed class or quadrant; {ranks} changed rank only, "
                f"{loads} emissions only.",
            ),
            self.pick(
                f"{one.gaps.height} 项目标的达标状况变化，其中 {met} 项转为达标。",
                f"{one.gaps.height} target(s) changed between met and missed; {met} are met now.",
            ),
            self.pick(
                "条款："
                + (
                    "，".join(f"{_CHANGES[k][0]} {counts[k]} 条" for k in _CHANGES if k in counts)
                    or "没有变化"
                )
                + f"；{one.verdicts.height} 项检验结论变化。",
                "Clauses: "
                + (", ".join(f"{counts[k]} {_CHANGES[k][1]}" for k in _CHANGES if k in counts) or "no change")
                + f"; {one.verdicts.height} verdict(s) changed.",
            ),
        ]
        if one.before.code_version != one.after.code_version:
            sentences.append(
                self.pick(
                    f"程序版本 {one.before.code_version} → {one.after.code_version}。",
                    f"Program {one.before.code_version} → {one.after.code_version}.",
                )
            )
        return Part("summary", title, tuple(text for text in sentences if text))

    def _because(self) -> str:
        sources = self.difference.sources
        if sources.is_empty():
            return self.pick("排放源的活动水平与实测值没有变化。", "No activity or measurement changed.")
        named = [self._source(row) for row in sources.head(_NAMED).iter_rows(named=True)]
        more = sources.height - len(named)
        rest_zh, rest_en = (f"等共 {sources.height} 项", f" and {more} more") if more else ("", "")
        return self.pick(f"原因：{'；'.join(named)}{rest_zh}。", f"Because of {'; '.join(named)}{rest_en}.")

    def _carbon(self) -> str:
        rows = self.difference.totals.filter(pl.col("scenario_id") == "", pl.col("species") == "CO2")
        if rows.is_empty():
            return self.pick("清单 CO2 总量不变。", "The CO2 total of the inventory is unchanged.")
        row = rows.row(0, named=True)
        change = f"{number(row['before_t'])} → {number(row['after_t'])} t（{percent(row['change_share'])}）"
        return self.pick(f"清单 CO2 总量 {change}。", f"CO2 of the inventory {change}.")

    def _source(self, row: Mapping[str, object]) -> str:
        """Name a changed source: facility, what it used, and by how much."""
        name = f"（{row['subject_name']}）" if row["subject_name"] else ""
        share = row["change_share"]
        change = percent(share) if share is not None else self.pick("新出现", "new")
        if share == -1.0:
            change = self.pick("不再出现", "gone")
        return f"{row['subject_id']}{name} {self._activity(str(row['activity_code']))} {change}"

    def _activity(self, code: str) -> str:
        if self.language == "zh" and code in ACTIVITY_BY_CODE:
            return ACTIVITY_BY_CODE[code].zh
        return SPECIES_BY_CODE[code].zh if self.language == "zh" and code in SPECIES_BY_CODE else code

    def sources(self) -> Part:
        kinds = {
            "facility_activity": ("企业活动水平", "activity of a facility"),
            "area_activity": ("面源活动水平", "activity of an area source"),
            "facility_emissions": ("企业实测排放", "measured emission"),
        }
        rows = (
            (
                self.pick(*kinds[row["kind"]]), f"{row['subject_id']} {row['subject_name'] or ''}".strip(),
                row["equipment_id"] or "", self._activity(row["activity_code"]), str(row["year"]),
                number(row["before"]), number(row["after"]), row["unit"] or "", percent(row["change_share"]),
                signed(row["co2_change_t"]),
            )
            for row in self.difference.sources.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("类型", "kind"), ("排放源", "source"), ("设备", "equipment"),
            ("活动或物种", "activity or species"), ("年份", "year"), ("之前", "before"), ("之后", "after"),
            ("单位", "unit"), ("变化", "change"),
            ("该源 CO2 变化（t）", "its CO2 (t)"),
        )  # fmt: skip
        return self._part("sources", ("排放源", "Sources"), headings, rows)

    def totals(self) -> Part:
        rows = (
            (
                self.scenario(row["scenario_id"]) if row["scenario_id"] else self.pick("清单", "inventory"),
                str(row["year"]), row["species"],
                number(row["before_t"]), number(row["after_t"]), percent(row["change_share"]),
            )
            for row in self.difference.totals.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("口径", "account"), ("年份", "year"), ("物种", "species"), ("之前（t）", "before (t)"),
            ("之后（t）", "after (t)"), ("变化", "change"),
        )  # fmt: skip
        return self._part("totals", ("总量", "Totals"), headings, rows)

    def units(self) -> Part:
        rows = (
            (
                f"{row['control_unit_code']} {row['control_unit_name']}",
                arrow(row["score_class_before"], row["score_class_after"]),
                arrow(row["quadrant_before"], row["quadrant_after"]),
                arrow(row["rank_before"], row["rank_after"]),
                arrow(decimals(row["composite_score_before"]), decimals(row["composite_score_after"])),
                arrow(number(row["co2_t_before"]), number(row["co2_t_after"])),
                self.cause(row["control_unit_code"]),
            )
            for row in self.difference.units.iter_rows(named=True)
        )
        headings = (
            ("管控单元", "control unit"), ("协同等级", "class"), ("象限", "quadrant"), ("位次", "rank"),
            ("综合得分", "score"), ("CO2（t）", "CO2 (t)"), ("原因", "because"),
        )  # fmt: skip
        return self._part("units", ("管控单元", "Control units"), headings, rows)

    def cause(self, code: str) -> str:
        """Say what stands behind the change of a unit: its own sources, or the others."""
        found = self.difference.causes.of_unit(code)
        if found.is_empty():
            return self.pick(
                "本单元排放源未变，因其他单元变化而相对移动",
                "its own sources are as before; others moved past it",
            )
        named = "；".join(self._source(row) for row in found.head(_NAMED).iter_rows(named=True))
        tonnes = signed(float(found.unique("subject_id", maintain_order=True)["co2_change_t"].sum()))
        return self.pick(f"因 {named}（CO2 {tonnes} t）", f"because of {named} (CO2 {tonnes} t)")

    def gaps(self) -> Part:
        words = {True: self.pick("达标", "met"), False: self.pick("未达标", "missed"), None: "—"}
        rows = (
            (
                self._scope(row), self.scenario(row["scenario_id"]), str(row["year"]),
                self.names(row["indicator"]),
                arrow(words[row["is_met_before"]], words[row["is_met_after"]]),
                arrow(number(row["gap_before"]), number(row["gap_after"])),
            )
            for row in self.difference.gaps.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("范围", "scope"), ("情景", "scenario"), ("年份", "year"), ("指标", "indicator"),
            ("达标状况", "state"), ("差距", "gap"),
        )  # fmt: skip
        return self._part("gaps", ("目标差距", "Targets"), headings, rows)

    def clauses(self) -> Part:
        rows = (
            (
                row["clause_id"], self.pick(*_CHANGES[row["change"]]),
                self._scope(row), self._dimension(row["dimension"]),
                row["clause_text_before"] or "—", row["clause_text_after"] or "—", self._why(row),
            )
            for row in self.difference.clauses.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("条款", "clause"), ("变化", "change"), ("适用范围", "scope"), ("维度", "dimension"),
            ("原条款", "before"), ("现条款", "after"), ("理由", "because"),
        )  # fmt: skip
        return self._part("clauses", ("准入条款", "Clauses"), headings, rows)

    def _scope(self, row: Mapping[str, object]) -> str:
        zh, en = _SCOPES.get(str(row["scope_type"]), (str(row["scope_type"]),) * 2)
        if row["scope_type"] == "city":
            return self.pick(zh, en)
        title = self.titles.get((str(row["scope_type"]), str(row["scope_code"])), "")
        return f"{self.pick(zh, en)} {row['scope_code']} {title}".rstrip()

    def _dimension(self, code: str) -> str:
        return DIMENSIONS.get(code, code) if self.language == "zh" else code

    def _why(self, row: Mapping[str, object]) -> str:
        reason = str(row["reason_zh"] if self.language == "zh" else row["reason_en"])
        if row["scope_type"] != "control_unit":
            return reason
        found = self.difference.causes.of_unit(str(row["scope_code"]))
        return reason if found.is_empty() else f"{reason}；{self.cause(str(row['scope_code']))}"

    def verdicts(self) -> Part:
        rows = (
            (
                row["clause_id"], self._scope(row), self.scenario(row["scenario_id"]),
                str(row["year"]),
                arrow(*(self.pick(*_VERDICTS[row[f"verdict_{side}"]]) for side in ("before", "after"))),
                row["why_zh"] if self.language == "zh" else row["why_en"],
            )
            for row in self.difference.verdicts.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("条款", "clause"), ("对象", "object"), ("情景", "scenario"), ("年份", "year"),
            ("结论", "verdict"), ("说明", "why"),
        )  # fmt: skip
        return self._part("verdicts", ("条款检验", "Checks of clauses"), headings, rows)

    def factors(self) -> Part:
        rows = (
            (
                row["factor_id"], f"{row['kind']} {row['applies_to']}", row["species"] or "",
                arrow(number(row["value_before"]), number(row["value_after"])), row["unit"],
            )
            for row in self.difference.factors.iter_rows(named=True)
        )  # fmt: skip
        headings = (
            ("因子", "factor"),
            ("对象", "applies to"),
            ("物种", "species"),
            ("值", "value"),
            ("单位", "unit"),
        )
        return self._part("factors", ("因子与参数", "Factors"), headings, rows)

    def files(self) -> Part:
        rows = (
            (row["file"], row["role"], self.pick(*_CHANGES[row["change"]]))
            for row in self.difference.files.iter_rows(named=True)
        )
        headings = (("文件", "file"), ("用途", "role"), ("变化", "change"))
        return self._part("files", ("输入文件", "Input files"), headings, rows)


def number(value: object) -> str:
    """Return a number for people: thousands apart, no needless decimals; a missing one is a dash."""
    if value is None:
        return "—"
    amount = float(str(value))
    digits = next((places for least, places in _DECIMALS if abs(amount) >= least), _MOST_DECIMALS)
    text = f"{amount:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: object) -> str:
    """Return a change with its sign."""
    text = number(value)
    return text if value is None or text.startswith("-") or float(str(value)) == 0.0 else f"+{text}"


def decimals(value: object) -> str:
    """Return a score with three decimals."""
    return "—" if value is None else f"{float(str(value)):.3f}"


def percent(share: object) -> str:
    """Return a relative change in per cent with its sign; a missing one is a dash."""
    if share is None:
        return "—"
    value = 100.0 * float(str(share))
    digits = 1 if abs(value) >= 0.1 else 4  # noqa: PLR2004 - small changes need more digits
    return f"{value:+.{digits}f} %"


def arrow(before: object, after: object) -> str:
    """Return ``before → after``, or the value alone when it is the same."""
    old, new = ("—" if one is None else str(one) for one in (before, after))
    return old if old == new else f"{old} → {new}"
