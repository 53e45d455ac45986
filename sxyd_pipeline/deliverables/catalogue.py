"""Everything that is handed in, one row each: what it is called and which module writes it.

A writer is a function ``write(edition, language, progress) -> {path in the release: bytes}`` in the
module its row names. It is pure: no clock, no files but package data, the same edition gives the same
bytes. Paths under ``_preview/`` (PNG or Markdown) are shown in the UI and do not enter the release.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module

from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.errors import SxydError

#: Told ``(what is drawn, done, of how many)`` in the language of the deliverable.
Progress = Callable[[str, int, int], None]
Writer = Callable[[Edition, Language, Progress], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One thing that is handed in.

    Attributes:
        name: name of its asset.
        word: what ``sxyd export`` calls it.
        zh: Chinese name.
        en: English name.
        module: module whose ``write`` makes it; imported when it is called, since drawing and
            typesetting libraries take seconds to load.
    """

    name: str
    word: str
    zh: str
    en: str
    module: str

    @property
    def write(self) -> Writer:
        """The writer."""
        writer: Writer = import_module(self.module).write
        return writer


_HERE = "sxyd_pipeline.deliverables"

#: In the order a reader asks for them.
DELIVERABLES: Mapping[str, Deliverable] = {
    one.name: one
    for one in (
        Deliverable("report", "report", "研究报告", "research report", f"{_HERE}.report.report"),
        Deliverable("case_text", "case", "案例文本", "case text", f"{_HERE}.report.case"),
        Deliverable("atlas", "atlas", "图集", "atlas", f"{_HERE}.atlas.files"),
        Deliverable("result_data", "data", "成果数据", "result data", f"{_HERE}.result_data.files"),
        Deliverable("access_lists", "access", "准入清单", "access lists", f"{_HERE}.access_list.files"),
        Deliverable("quality_report", "quality", "质量报告", "quality report", f"{_HERE}.quality.page"),
        Deliverable("explorer", "explorer", "成果浏览器", "explorer", f"{_HERE}.explorer.page"),
    )
}
BY_WORD: Mapping[str, Deliverable] = {one.word: one for one in DELIVERABLES.values()}

#: Words for every deliverable and for none.
ALL, NONE = "all", "none"
#: Tag of a run that makes only some deliverables: their words, or ``none``.
TAG = "sxyd/deliverables"


class UnknownDeliverableError(SxydError):
    """A deliverable that is asked for does not exist, or stands beside ``all`` or ``none``."""

    def __init__(self, words: Collection[str]) -> None:
        """Keep what was asked for."""
        asked, known = "、".join(sorted(words)), "、".join((*BY_WORD, ALL, NONE))
        super().__init__(
            f"不能理解的成果选择 {asked}；可选：{known}",
            f"cannot tell which deliverables {asked} means; known: {known}",
            remedy_zh=f"列出成果名，或单独用 {ALL}、{NONE}",
            remedy_en=f"list deliverables, or use {ALL} or {NONE} alone",
        )


def chosen(words: Collection[str]) -> frozenset[str]:
    """Return the names of the deliverables that are asked for.

    Args:
        words: words of deliverables, or ``all`` or ``none`` alone; nothing is everything.

    Raises:
        UnknownDeliverableError: a word is none of them.
    """
    asked = set(words)
    if not asked or asked == {ALL}:
        return frozenset(DELIVERABLES)
    if asked == {NONE}:
        return frozenset()
    if asked - set(BY_WORD):
        raise UnknownDeliverableError(asked)
    return frozenset(BY_WORD[word].name for word in asked)


def tag_of(names: Collection[str]) -> str:
    """Return how a run is tagged that makes these deliverables."""
    return ",".join(one.word for one in DELIVERABLES.values() if one.name in names) or NONE
