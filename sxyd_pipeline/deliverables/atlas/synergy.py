"""Maps of chapter 3: intensity of both, quadrants, composite score, local clusters."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.patches import Rectangle

from sxyd_pipeline.deliverables.atlas.steps import (
    fill_units,
    label_units,
    open_map,
    ramp,
    tally,
    written,
)
from sxyd_pipeline.deliverables.mapkit.classes import quantiles_of
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM

_QUADRANTS = (
    ("双高", "both_high", "////"),
    ("高污低碳", "pollution_only", ""),
    ("低污高碳", "carbon_only", ".."),
    ("双低", "both_low", ""),
)
_SCORE_CLASSES = ("极显著", "显著", "一般", "不显著")
_CLUSTERS: Mapping[str, tuple[str, str]] = {
    "HH": ("高—高集聚", "high-high cluster"),
    "HL": ("高—低异常", "high-low outlier"),
    "LH": ("低—高异常", "low-high outlier"),
    "LL": ("低—低集聚", "low-low cluster"),
    "not_significant": ("不显著", "not significant"),
}
_WIDE_RANGE, _MIDDLE_RANGE = 25, 10


def bivariate_intensity(kit: Kit, layout: Layout) -> Sheet:
    """CO2 and pollution equivalents per area in thirds, crossed; high in both is hatched."""
    sheet, pane = open_map(kit, layout)
    scores = kit.scores("baseline", kit.edition.base_year)
    carbon = quantiles_of(kit.by_unit(scores, "co2_density_t_per_km2"), 3)
    pollution = quantiles_of(kit.by_unit(scores, "apeq_density_t_per_km2"), 3)
    across = carbon.of(kit.by_unit(scores, "co2_density_t_per_km2"))
    up = pollution.of(kit.by_unit(scores, "apeq_density_t_per_km2"))
    cells = kit.theme.bivariate
    known = (across >= 0) & (up >= 0)
    faces = [cells[u][a] if k else kit.theme.inks["empty"] for u, a, k in zip(up, across, known, strict=True)]
    both = known & (across == 2) & (up == 2)  # noqa: PLR2004 - the upper third
    fill_units(kit, pane, faces, ["////" if one else "" for one in both])
    sheet.borders()
    sheet.district_names()
    tonnes = dict(
        zip(kit.units.codes, np.where(both, np.nan_to_num(kit.by_unit(scores, "co2_t")), 0.0), strict=True)
    )
    label_units(sheet, pane, {code: float(t) for code, t in tonnes.items() if t > 0}, 12)
    sheet.legend(kit.say("碳污强度组合（三分位）", "Both densities, in thirds"), [])
    counts = np.array([[int(((up == u) & (across == a)).sum()) for a in range(3)] for u in range(3)])
    _square(sheet, counts)
    sheet.legend(
        "",
        [
            Row(
                kit.say("双高三分位：协同管控重点", "upper third of both"),
                cells[2][2],
                tally(kit, both, kit.unit_km2),
                "////",
            )
        ],
    )
    sheet.note(
        kit.say(
            f"界限：CO2 {written(carbon.bounds[0])}、{written(carbon.bounds[1])} t/km²；污染当量 {written(pollution.bounds[0])}、{written(pollution.bounds[1])} t/km²。格内为单元个数。",
            f"Bounds: CO2 {written(carbon.bounds[0])} and {written(carbon.bounds[1])} t/km²; equivalents {written(pollution.bounds[0])} and {written(pollution.bounds[1])} t/km². Cells hold numbers of units.",
        )
    )
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，CO2 排放密度 × 大气污染当量密度",
        f"{kit.edition.base_year}, density of CO2 and of pollution equivalents",
    )
    return sheet


def _square(sheet: Sheet, counts: np.ndarray) -> None:
    """Draw the three by three key with the number of units in each cell."""
    kit, big = sheet.kit, sheet.layout.is_sheet
    side = 15.0 if big else 8.0
    left = sheet.layout.column[0] + (21.0 if big else 12.0)
    bottom = sheet.cursor - 3 * side - (2.0 if big else 1.0)
    for u in range(3):
        for a in range(3):
            box = (left + a * side, bottom + u * side)
            face = kit.theme.bivariate[u][a]
            sheet.paper.add_patch(
                Rectangle(box, side, side, facecolor=face, edgecolor="#FFFFFF", linewidth=1.0)
            )
            if u == a == 2:  # noqa: PLR2004 - the upper third
                sheet.paper.add_patch(
                    Rectangle(
                        box, side, side, facecolor="none", edgecolor="#FFFFFF80", linewidth=0.0, hatch="////"
                    )
                )
            dark = sum(int(face[i : i + 2], 16) for i in (1, 3, 5)) < 3 * 140
            sheet.text(
                box[0] + side / 2,
                box[1] + side / 2,
                str(counts[u][a]),
                "legend",
                ha="center",
                ink="#FFFFFF" if dark else "",
            )
    for place, word in enumerate(kit.say("低|中|高", "low|mid|high").split("|")):
        middle = (place + 0.5) * side
        sheet.text(left + middle, bottom - side * 0.2, word, "note", ha="center")
        sheet.text(left - side * 0.1, bottom + middle, word, "note", ha="right")
    gap = 1.9 if big else 1.6
    sheet.text(
        left + 1.5 * side,
        bottom - side * 0.2 - sheet.points("note") * POINT_MM * gap * 0.8,
        kit.say("CO2 密度 →", "CO2 →"),
        "note",
        ha="center",
    )
    sheet.text(
        left - side * (0.62 if big else 0.85),
        bottom + 1.5 * side,
        kit.say("污染当量密度 →", "pollution →"),
        "note",
        ha="center",
        rotation=90.0,
    )
    sheet.cursor = bottom - side * 0.2 - sheet.points("note") * POINT_MM * (gap + 0.4)


def quadrant(kit: Kit, layout: Layout) -> Sheet:
    """Whether a unit lies above the mean of the city in CO2, in pollution, in both or in neither."""
    sheet, pane = open_map(kit, layout)
    scores = kit.scores("baseline", kit.edition.base_year)
    found = dict(scores.select("control_unit_code", "quadrant").rows())
    kinds = np.array([found.get(code) or "" for code in kit.units.codes])
    looks = {word: (kit.theme.quadrants[key], hatch) for word, key, hatch in _QUADRANTS}
    fill_units(
        kit, pane, [looks[k][0] if k in looks else kit.theme.inks["empty"] for k in kinds],
        [looks[k][1] if k in looks else "" for k in kinds],
    )  # fmt: skip
    sheet.borders()
    sheet.district_names()
    both = dict(scores.filter(pl.col("quadrant") == "双高").select("control_unit_code", "co2_t").rows())
    label_units(sheet, pane, both, 20)
    rows = [
        Row(kit.name(word), looks[word][0], tally(kit, kinds == word, kit.unit_km2), looks[word][1])
        for word, _, _ in _QUADRANTS
    ]
    shares = scores.group_by("quadrant").agg(pl.col("co2_t").sum(), pl.col("apeq_t").sum())
    co2, apeq = float(scores["co2_t"].sum()), float(scores["apeq_t"].sum())
    high = shares.filter(pl.col("quadrant") == "双高")
    carbon = float(high["co2_t"].sum()) / co2 if co2 else 0.0
    pollution = float(high["apeq_t"].sum()) / apeq if apeq else 0.0
    sheet.legend(
        kit.say("碳污强度类型", "Class of intensity"), rows,
        kit.say(
            f"以全市平均密度（区位熵 = 1）为界。双高单元占全市 CO2 的 {carbon:.1%}、大气污染当量的 {pollution:.1%}。",
            f"Bounds are the means of the city. Units high in both emit {carbon:.1%} of the CO2 and {pollution:.1%} of the equivalents.",
        ),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，按环境管控单元", f"{kit.edition.base_year}, by control unit"
    )
    return sheet


def composite_score(kit: Kit, layout: Layout) -> Sheet:
    """Class of the composite score; circles tell how far the rank may move."""
    sheet, pane = open_map(kit, layout)
    scores = kit.scores("baseline", kit.edition.base_year)
    found = {row["control_unit_code"]: row for row in scores.iter_rows(named=True)}
    rows_of = [found.get(code) for code in kit.units.codes]
    kinds = np.array([row["score_class"] if row else "" for row in rows_of])
    colours = dict(zip(_SCORE_CLASSES, ramp(kit, "violet", 4)[::-1], strict=True))
    fill_units(kit, pane, [colours.get(k, kit.theme.inks["empty"]) for k in kinds])
    sheet.borders()
    width = np.array([row["rank_high"] - row["rank_low"] if row else 0 for row in rows_of])
    at = kit.units.middles()
    sizes = (1.6, 2.8, 4.2) if layout.is_sheet else (0.9, 1.5, 2.2)
    groups = (
        (width <= _MIDDLE_RANGE, sizes[0]),
        ((width > _MIDDLE_RANGE) & (width <= _WIDE_RANGE), sizes[1]),
        (width > _WIDE_RANGE, sizes[2]),
    )
    for inside, size in groups:
        if inside.any():
            pane.marks(at[inside], "o", size, "#FFFFFFD9", "#1B1F23")
    sheet.district_names()
    best = {row["control_unit_code"]: 1000.0 - row["rank"] for row in rows_of if row}
    label_units(sheet, pane, best, 10)
    sheet.legend(
        kit.say("协同管控评分等级", "Class of the score"),
        [Row(kit.name(k), colours[k], tally(kit, kinds == k, kit.unit_km2)) for k in _SCORE_CLASSES],
    )
    texts = (
        kit.say("≤ 10 位", "≤ 10 ranks"),
        kit.say("11–25 位", "11–25 ranks"),
        kit.say("> 25 位", "> 25 ranks"),
    )
    sheet.legend(
        kit.say("位次区间宽度（90%）", "Width of the rank interval (90%)"),
        [
            Row(
                text,
                "#FFFFFF",
                kit.say(f"{int(inside.sum())} 个", f"{int(inside.sum())}"),
                kind="circle",
                edge="#1B1F23",
                size_mm=size,
            )
            for text, (inside, size) in zip(texts, groups, strict=True)
        ],
        kit.say(
            "圆越大，权重、数据与方法变动下位次越不稳定；排在前列而圆大者应复核后再用。",
            "The larger the circle, the less stable the rank under other weights, data and methods.",
        ),
    )
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，综合评分与位次不确定性",
        f"{kit.edition.base_year}, with the uncertainty of ranks",
    )
    return sheet


def lisa(kit: Kit, layout: Layout) -> Sheet:
    """Local clusters of the logarithm of CO2 density."""
    return _clusters(
        kit, layout, "ln_co2_density", "local_moran", "moran_i", ("ln(CO2 排放密度)", "ln(CO2 density)")
    )


def lisa_bivariate(kit: Kit, layout: Layout) -> Sheet:
    """Local clusters of CO2 density among neighbours with much or little pollution."""
    return _clusters(
        kit,
        layout,
        "ln_co2_with_apeq",
        "bivariate_local_moran",
        "bivariate_moran_i",
        ("ln(CO2 密度) 与邻域 ln(污染当量密度)", "ln(CO2 density) with pollution of neighbours"),
    )


def _clusters(
    kit: Kit, layout: Layout, variable: str, local: str, overall: str, words: tuple[str, str]
) -> Sheet:
    sheet, pane = open_map(kit, layout)
    rows = kit.table("synergy.clusters").filter(
        pl.col("layer") == "control_unit", pl.col("variable") == variable, pl.col("statistic") == local,
        pl.col("year") == kit.edition.base_year,
    )  # fmt: skip
    found = {
        code: (kind, fdr) for code, kind, fdr in rows.select("code", "cluster", "is_significant_fdr").rows()
    }
    kinds = np.array([found.get(code, ("not_significant", False))[0] for code in kit.units.codes])
    kinds = np.where(kinds == "island", "not_significant", kinds)
    firm = np.array([bool(found.get(code, ("", False))[1]) for code in kit.units.codes])
    fill_units(kit, pane, [kit.theme.clusters[k] for k in kinds], ["////" if one else "" for one in firm])
    sheet.borders()
    sheet.district_names()
    label_units(
        sheet,
        pane,
        {c: 1.0 for c, k in zip(kit.units.codes, kinds, strict=True) if k in {"HH", "HL", "LH"}},
        20,
    )
    legend = [
        Row(kit.say(*words_), kit.theme.clusters[k], tally(kit, kinds == k, kit.unit_km2))
        for k, words_ in _CLUSTERS.items()
    ]
    legend.append(
        Row(
            kit.say("经 FDR 校正仍显著", "significant after FDR"),
            "#FFFFFF",
            tally(kit, firm, kit.unit_km2),
            "////",
        )
    )
    test = kit.table("synergy.spatial_statistics").filter(
        pl.col("layer") == "control_unit", pl.col("variable") == variable, pl.col("statistic") == overall,
        pl.col("year") == kit.edition.base_year,
    )  # fmt: skip
    tests = int(rows["permutations"].to_numpy().max()) if rows.height else 0
    sheet.legend(
        kit.say("集聚类型（p < 0.05）", "Clusters (p < 0.05)"), legend,
        kit.say(
            f"未校正 p < 0.05 着色；斜线为 Benjamini–Hochberg 校正（FDR 5%）后仍显著者，引用时以斜线单元为准。局部检验置换 {tests:,} 次。",
            f"Coloured where p < 0.05; hatched where still significant after Benjamini–Hochberg (FDR 5%): only those should be quoted. {tests:,} permutations.",
        ),
    )  # fmt: skip
    title = kit.say(*words)
    sheet.subtitle = title
    if test.height:
        row = test.row(0, named=True)
        sheet.subtitle = kit.say(
            f"{kit.edition.base_year} 年，{title}；全局 Moran's I = {row['value']:.3f}，p = {row['p_value']:.3f}（置换 {row['permutations']} 次）",
            f"{kit.edition.base_year}, {title}; global Moran's I = {row['value']:.3f}, p = {row['p_value']:.3f} ({row['permutations']} permutations)",
        )
    return sheet
