"""Bind maps into one PDF: cover, contents with page numbers, bookmarks by group."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.theme import theme_of
from sxyd_pipeline.deliverables.typesetting import fonts

#: The clock stays out of the file: two builds of one release are the same bytes.
_TIMESTAMP = 946_684_800
_TEMPLATE = "book.typ"
_LARGEST_TITLE_PT, _TITLE_ROOM_PT = 58.0, 1_000.0


@dataclass(frozen=True, slots=True)
class Page:
    """One map of the book.

    Attributes:
        map_id: name of its file.
        number: number on the sheet.
        group: id of its group.
        title: title in the contents.
        pdf: the sheet.
    """

    map_id: str
    number: int
    group: str
    title: str
    pdf: bytes


def bind(
    edition: Edition, language: Language, groups: Sequence[tuple[str, str]], pages: Sequence[Page]
) -> bytes:
    """Bind an atlas.

    Args:
        edition: the release.
        language: ``zh`` or ``en``.
        groups: id and title of each group, in order; a group without a map is left out.
        pages: the maps in order.

    Returns:
        The PDF: cover, contents, one map a page.

    Raises:
        MissingGlyphError: a character of the cover or the contents that no bundled font can draw.
    """
    book = _book(edition, language, groups, pages)
    missing = fonts.missing_glyphs(_texts(book))
    if missing:
        raise fonts.MissingGlyphError(missing)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for page in pages:
            (folder / f"{page.map_id}.pdf").write_bytes(page.pdf)
        (folder / "book.json").write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
        template = resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
        (folder / _TEMPLATE).write_text(template, encoding="utf-8")
        compiler = typst.Compiler(
            str(folder / _TEMPLATE),
            root=str(folder),
            font_paths=[str(path) for path in fonts.folders()],
            ignore_system_fonts=True,
        )
        pdf = compiler.compile(format="pdf", timestamp=_TIMESTAMP)
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf))
    return pdf


def _book(
    edition: Edition, language: Language, groups: Sequence[tuple[str, str]], pages: Sequence[Page]
) -> dict[str, Any]:
    zh = language == "zh"
    theme = theme_of(edition.city_code, edition.province)
    city, province = fonts.spelled_out(edition.city_name), fonts.spelled_out(edition.province)
    title = f"{city}减污降碳协同管控图集" if zh else f"Atlas of zoning for pollution and carbon, {city}"
    horizons = (
        "、".join(str(year) for year in edition.horizons)
        if zh
        else ", ".join(str(y) for y in edition.horizons)
    )
    colon = "：" if zh else ": "
    shown = edition.imprint(language)
    heads = list(shown)
    lines = [
        f"基准年 {edition.base_year}　目标年 {horizons}"
        if zh
        else f"base year {edition.base_year}, horizons {horizons}",
        "　".join(f"{one}{colon}{shown[one]}" for one in heads[:2]),
        "　".join(f"{one}{colon}{shown[one]}" for one in heads[2:4]),
        f"{'发布编号' if zh else 'release'}{colon}{edition.release_id}　{'输入校验' if zh else 'inputs'} {edition.inputs_hash[:16]}",
    ]
    return {
        "language": language, "author": "sxyd_pipeline", "title": title,
        "title_pt": min(_LARGEST_TITLE_PT, _TITLE_ROOM_PT / max(len(title) if zh else len(title) * 0.55, 1.0)),
        "kicker": province, "keywords": [edition.release_id, *([edition.data_label] if edition.data_label else [])],
        "subtitle": "“三线一单”生态环境分区管控" if zh else "Environmental zoning (三线一单)",
        "mark": ("示例数据" if zh else "EXAMPLE DATA") if edition.is_example else "",
        "lines": [fonts.spelled_out(line) for line in lines],
        "small_print": fonts.spelled_out(f"{heads[4]}{colon}{shown[heads[4]]}"),
        "contents": "目　录" if zh else "Contents",
        "inks": {**theme.inks, "priority": theme.class_colours[1], "key": theme.class_colours[2]},
        "groups": [
            {
                "title": group_title,
                "maps": [
                    {"id": page.map_id, "number": page.number, "title": fonts.spelled_out(page.title), "file": f"{page.map_id}.pdf"}
                    for page in pages
                    if page.group == group
                ],
            }
            for group, group_title in groups
            if any(page.group == group for page in pages)
        ],
    }  # fmt: skip


def _texts(book: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (name, book[name]) for name in ("title", "kicker", "subtitle", "mark", "small_print", "contents")
    ]
    found += [("cover", line) for line in book["lines"]]
    for group in book["groups"]:
        found.append(("contents", group["title"]))
        found += [("contents", one["title"]) for one in group["maps"]]
    return found
