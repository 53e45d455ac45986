"""One pass that numbers headings, figures and tables and fills in the references to them."""

from dataclasses import replace

from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Cell,
    DataTable,
    Document,
    Figure,
    Heading,
    Paragraph,
    Runs,
)
from sxyd_pipeline.errors import SxydError

#: Words of captions by language: figure, table, table of an annex, annex.
WORDS = {
    "zh": {"figure": "图", "table": "表", "annex_table": "附表", "annex_figure": "附图", "annex": "附件"},
    "en": {
        "figure": "Figure", "table": "Table", "annex_table": "Table A", "annex_figure": "Figure A",
        "annex": "Annex",
    },
}  # fmt: skip


class DanglingReferenceError(SxydError):
    """A text refers to a figure or table that the document does not have."""

    def __init__(self, target: str) -> None:
        """Name the target."""
        super().__init__(
            f"正文引用的图表 {target} 不存在",
            f"the text refers to {target}, which the document does not have",
            remedy_zh="在模板中插入该图表，或用 see() 引用（缺失时自动略去）",
            remedy_en="insert it, or refer to it with see(), which leaves out what is missing",
        )


class RepeatedBlockError(SxydError):
    """A figure or table stands twice in a document."""

    def __init__(self, target: str) -> None:
        """Name the block."""
        super().__init__(
            f"图表 {target} 出现两次",
            f"{target} stands twice",
            remedy_zh="在模板中只保留一处",
            remedy_en="keep one of them in the template",
        )


def number_document(document: Document) -> Document:
    """Return the document with numbers on headings and captions, and references filled in.

    Headings count 1, 1.1, 1.1.1; annexes count apart. Figures and tables count within their
    chapter (图 2-1), in annexes through all of them (附表 1).

    Raises:
        DanglingReferenceError: a reference without target.
        RepeatedBlockError: a figure or table that stands twice.
    """
    words = WORDS[document.language]
    numbers = _Numbers(words)
    numbered = tuple(numbers.take(block) for block in document.blocks)
    return document.with_blocks(tuple(_resolve(block, numbers.labels) for block in numbered))


def caption_label(block: Figure | DataTable) -> str:
    """Anchor of a figure or table."""
    return f"fig:{block.figure_id}" if isinstance(block, Figure) else f"tbl:{block.table_id}"


class _Numbers:
    """Counters while walking through a document."""

    def __init__(self, words: dict[str, str]) -> None:
        """Start at zero."""
        self.words = words
        self.labels: dict[str, str] = {}
        self._levels = [0, 0, 0]
        self._annexes = 0
        self._in_annex = False
        self._counts = {"figure": 0, "table": 0}
        self._annex_counts = {"figure": 0, "table": 0}
        self._headings = 0

    def take(self, block: Block) -> Block:
        match block:
            case Heading():
                return self._heading(block)
            case Figure():
                return replace(block, number=self._caption(block, "figure"))
            case DataTable():
                return replace(block, number=self._caption(block, "table"))
            case _:
                return block

    def _heading(self, block: Heading) -> Heading:
        self._headings += 1
        anchor = block.anchor or f"heading-{self._headings}"
        if block.annex:
            self._annexes += 1
            self._in_annex = True
            join = "" if self.words["annex"] == "附件" else " "
            return replace(block, number=f"{self.words['annex']}{join}{self._annexes}", anchor=anchor)
        if block.level == 1:
            self._in_annex = False
            self._counts = {"figure": 0, "table": 0}
        if self._in_annex:
            return replace(block, anchor=anchor)
        self._levels[block.level - 1] += 1
        for deeper in range(block.level, len(self._levels)):
            self._levels[deeper] = 0
        return replace(block, number=".".join(map(str, self._levels[: block.level])), anchor=anchor)

    def _caption(self, block: Figure | DataTable, kind: str) -> str:
        label = caption_label(block)
        if label in self.labels:
            raise RepeatedBlockError(label)
        if self._in_annex:
            self._annex_counts[kind] += 1
            word = self.words[f"annex_{kind}"]
            # "Table A" takes its number without a space, 附表 with one.
            number = f"{word}{'' if word.endswith('A') else ' '}{self._annex_counts[kind]}"
        else:
            self._counts[kind] += 1
            number = f"{self.words[kind]} {self._levels[0]}-{self._counts[kind]}"
        self.labels[label] = number
        return number


def _resolve(block: Block, labels: dict[str, str]) -> Block:
    match block:
        case Heading() | Paragraph():
            return replace(block, runs=_filled(block.runs, labels))
        case Figure():
            return replace(block, caption=_filled(block.caption, labels))
        case DataTable():
            rows = tuple(tuple(_cell(cell, labels) for cell in row) for row in block.rows)
            return replace(
                block, caption=_filled(block.caption, labels), note=_filled(block.note, labels), rows=rows
            )
        case _:
            return block


def _cell(cell: Cell | None, labels: dict[str, str]) -> Cell | None:
    if cell is None or not any(run.ref for paragraph in cell.paragraphs for run in paragraph):
        return cell
    return replace(cell, paragraphs=tuple(_filled(paragraph, labels) for paragraph in cell.paragraphs))


def _filled(runs: Runs, labels: dict[str, str]) -> Runs:
    missing = [run.ref for run in runs if run.ref and run.ref not in labels]
    if missing:
        raise DanglingReferenceError(missing[0])
    return tuple(replace(run, text=labels[run.ref]) if run.ref else run for run in runs)
