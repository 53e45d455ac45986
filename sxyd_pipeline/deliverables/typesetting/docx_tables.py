"""Three-line tables in WordprocessingML: fixed widths, repeated header rows, vertical spans."""

from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, TableColumn
from sxyd_pipeline.deliverables.typesetting.docx_xml import (
    Bookmarks,
    column_widths,
    paragraph_xml,
    runs_xml,
)

#: Longer cells may break over pages; short rows stay whole.
_BREAKABLE_CHARACTERS = 240
_THICK = 'w:val="single" w:sz="9" w:space="0" w:color="auto"'
_THIN = 'w:val="single" w:sz="4" w:space="0" w:color="auto"'
_HAIR = 'w:val="single" w:sz="2" w:space="0" w:color="808080"'


def table_xml(table: DataTable, width_dxa: int, bookmarks: Bookmarks) -> str:
    """Return the whole table.

    Args:
        table: numbered table.
        width_dxa: width of the text, twentieths of a point.
        bookmarks: names of the document's bookmarks.
    """
    widths = column_widths((column.width for column in table.columns), width_dxa)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    size = "CellSmall" if table.small else "Cell"
    margin = 60 if table.small else 80
    frame = (
        f'<w:tblPr><w:tblW w:w="{width_dxa}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders><w:top {_THICK}/><w:bottom {_THICK}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="30" w:type="dxa"/><w:left w:w="{margin}" w:type="dxa"/>'
        f'<w:bottom w:w="30" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )
    rows = [_head(table, widths, bookmarks), *_rows(table, widths, size, bookmarks)]
    if table.stays_whole:
        # Word keeps rows together when every paragraph but those of the last row holds the next one.
        rows = [*(_held(row) for row in rows[:-1]), rows[-1]]
    return f"<w:tbl>{frame}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _head(table: DataTable, widths: list[int], bookmarks: Bookmarks) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:tcBorders><w:bottom {_THIN}/></w:tcBorders>'
        f'<w:vAlign w:val="center"/></w:tcPr>{_head_lines(column, bookmarks)}</w:tc>'
        for column, width in zip(table.columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _held(row: str) -> str:
    return row.replace("<w:keepNext/>", "").replace("<w:jc ", "<w:keepNext/><w:jc ")


def _head_lines(column: TableColumn, bookmarks: Bookmarks) -> str:
    centred = TableColumn(column.title, align="center")
    lines = [runs for runs in (column.title, column.unit) if runs]
    return "".join(_aligned("CellHead", runs_xml(runs, bookmarks), centred) for runs in lines) or _aligned(
        "CellHead", "", centred
    )


def _rows(table: DataTable, widths: list[int], style: str, bookmarks: Bookmarks) -> list[str]:
    open_rows = [0] * len(widths)
    found = []
    for position, row in enumerate(table.rows):
        ruled = table.rules and position > 0 and row[0] is not None
        cells = []
        covered = 0
        for place, cell in enumerate(row):
            if covered:
                covered -= 1
                continue
            if cell is not None and cell.column_span > 1:
                covered = cell.column_span - 1
                cells.append(_band(cell, sum(widths[place : place + cell.column_span]), style, bookmarks))
                continue
            starts = cell is not None and cell.row_span > 1
            merge = ""
            if cell is None and open_rows[place]:
                open_rows[place] -= 1
                merge = "<w:vMerge/>"
            elif starts and cell is not None:
                open_rows[place] = cell.row_span - 1
                merge = '<w:vMerge w:val="restart"/>'
            rule = f"<w:tcBorders><w:top {_HAIR}/></w:tcBorders>" if ruled else ""
            properties = f'<w:tcW w:w="{widths[place]}" w:type="dxa"/>{merge}{rule}<w:vAlign w:val="center"/>'
            inner = _paragraphs(cell, style, table.columns[place], bookmarks)
            cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>")
        whole = "<w:trPr><w:cantSplit/></w:trPr>" if _size(row) <= _BREAKABLE_CHARACTERS else ""
        found.append(f"<w:tr>{whole}{''.join(cells)}</w:tr>")
    return found


def _band(cell: Cell, width: int, style: str, bookmarks: Bookmarks) -> str:
    left = TableColumn(())
    properties = (
        f'<w:tcW w:w="{width}" w:type="dxa"/><w:gridSpan w:val="{cell.column_span}"/>'
        '<w:shd w:val="clear" w:color="auto" w:fill="EEEEEE"/><w:vAlign w:val="center"/>'
    )
    inner = _paragraphs(cell, style, left, bookmarks).replace("<w:jc ", "<w:keepNext/><w:jc ")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def _paragraphs(cell: Cell | None, style: str, column: TableColumn, bookmarks: Bookmarks) -> str:
    if cell is None or not cell.paragraphs:
        return _aligned(style, "", column)
    written = []
    for position, paragraph in enumerate(cell.paragraphs):
        inner = runs_xml(paragraph, bookmarks)
        if cell.bold:
            inner = inner.replace("<w:r><w:t", "<w:r><w:rPr><w:b/></w:rPr><w:t")
        if cell.anchor and position == 0:
            inner = bookmarks.around(cell.anchor, inner)
        written.append(_aligned(style, inner, column))
    return "".join(written)


def _aligned(style: str, inner: str, column: TableColumn) -> str:
    return paragraph_xml(style, inner, f'<w:jc w:val="{column.align}"/>')


def _size(row: tuple[Cell | None, ...]) -> int:
    sizes = (sum(len(run.text) for p in cell.paragraphs for run in p) for cell in row if cell is not None)
    return max(sizes, default=0)
