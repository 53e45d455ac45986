"""Everything that is handed in, one row each: what it is called and which module writes it.

A writer is a function ``write(edition, language, progress) -> {path in the release: bytes}`` in the
module its row names. It is pure: no clock, no files but package data, the same edition gives the same
bytes. Paths under ``_preview/`` (PNG or Markdown) are shown in the UI and do not enter the release.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from sxyd_pipeline.deliverables.edition import Edition, Language

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
        Deliverable("explorer", "explorer", "成果浏览器", "explorer", f"{_HERE}.explorer.page"),
    )
}
BY_WORD: Mapping[str, Deliverable] = {one.word: one for one in DELIVERABLES.values()}
