"""What a table of anybody's must hold before it is computed with: its columns, numbers, one row per key.

The public functions of ``core`` are called with frames that came through no contract. What is wrong with
such a frame is said in its own words, before a result is wrong or a library complains.
"""

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from sxyd_pipeline.errors import Place, SxydError


class MissingPanelColumnError(SxydError):
    """A table lacks a column that is computed with."""

    def __init__(self, missing: Sequence[str], present: Sequence[str]) -> None:
        """Name the columns that are missing, and those that are there."""
        self.missing = list(missing)
        super().__init__(
            f"表中缺少列：{', '.join(missing)}（现有：{', '.join(present)}）",
            f"the table lacks column(s): {', '.join(missing)} (it has: {', '.join(present)})",
            remedy_zh="补充该列，或写对列名",
            remedy_en="add the column, or mend the name that was asked for",
            place=Place(column=self.missing[0]),
        )


class NotANumberError(SxydError):
    """A column that is computed with holds text that is no number, or an infinite number."""

    def __init__(self, column: str, values: Sequence[object]) -> None:
        """Name the column and the first values."""
        self.column = column
        listed = ", ".join(repr(value) for value in values)
        super().__init__(
            f"列 {column} 有不是有限数的值：{listed}",
            f"column {column} holds values that are no finite numbers: {listed}",
            remedy_zh="改为数值；没有数据请留空",
            remedy_en="write numbers; leave it empty where there is none",
            place=Place(column=column, value=str(values[0])),
        )


class MissingPanelValueError(SxydError):
    """A cell is empty (or NaN) where a result cannot do without it."""

    def __init__(self, column: str, count: int) -> None:
        """Name the column and count the empty cells."""
        self.column, self.count = column, count
        super().__init__(
            f"列 {column} 有 {count} 个空值，无法计算",
            f"column {column} has {count} empty cell(s) that are computed with",
            remedy_zh="补全数值；确实为零请写 0，没有数据的行请先剔除",
            remedy_en="fill them in; write 0 where it is zero, and leave out rows without data",
            place=Place(column=column),
        )


class NegativePanelValueError(SxydError):
    """An amount that cannot be negative is."""

    def __init__(self, column: str, count: int) -> None:
        """Name the column and count the negative cells."""
        self.column, self.count = column, count
        super().__init__(
            f"列 {column} 有 {count} 个负值",
            f"column {column} has {count} negative value(s)",
            remedy_zh="核对符号",
            remedy_en="check the signs",
            place=Place(column=column),
        )


class RepeatedPanelRowError(SxydError):
    """Several rows stand where one is expected: which of them counts cannot be known."""

    def __init__(self, keys: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
        """Name the columns that should tell rows apart, and the first repeated rows."""
        self.keys = list(keys)
        listed = ", ".join(keys) or "-"
        super().__init__(
            f"按（{listed}）应各只有一行，却有多行：{list(rows)}",
            f"there should be one row for each ({listed}), but there are several: {list(rows)}",
            remedy_zh="写明用哪些列区分各行（如 parts、by），或先合并重复行",
            remedy_en="name the columns that tell the rows apart (parts, by ...), or merge the repeated rows",
        )


class NotOnListError(SxydError):
    """A word chosen from a short list is not on it."""

    def __init__(self, name: str, value: object, allowed: Collection[str]) -> None:
        """Name the choice, what was written, and the list."""
        self.value = value
        listed = " | ".join(allowed)
        super().__init__(
            f"{name} 不能取 {value!r}，可取：{listed}",
            f"{name} cannot be {value!r}; allowed: {listed}",
            remedy_zh="改用可取的值",
            remedy_en="use one of the allowed values",
            place=Place(column=name, value=str(value)),
        )


def require_columns(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a frame that lacks a column.

    Raises:
        MissingPanelColumnError: names what is missing.
    """
    missing = [name for name in dict.fromkeys(columns) if name not in frame.columns]
    if missing:
        raise MissingPanelColumnError(missing, frame.columns)


def require_numbers(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a frame whose columns are missing or hold anything but finite numbers; empty cells pass.

    Raises:
        MissingPanelColumnError: a column is missing.
        NotANumberError: a value is text that is no number, or infinite.
    """
    names = list(columns)
    require_columns(frame, names)
    for name in names:
        number = frame[name].cast(pl.Float64, strict=False)
        bad = (number.is_null() & frame[name].is_not_null()) | number.is_infinite().fill_null(value=False)
        if bad.any():
            raise NotANumberError(name, frame[name].filter(bad).head(3).to_list())


def require_filled(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a frame whose columns are missing, no finite numbers, or empty somewhere.

    Raises:
        MissingPanelColumnError: a column is missing.
        NotANumberError: a value is no finite number.
        MissingPanelValueError: a cell is empty or NaN.
    """
    names = list(columns)
    require_numbers(frame, names)
    for name in names:
        empty = int(frame[name].cast(pl.Float64).fill_nan(None).null_count())
        if empty:
            raise MissingPanelValueError(name, empty)


def require_amounts(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a frame whose columns are missing, no finite numbers, or negative somewhere; empty cells pass.

    Raises:
        MissingPanelColumnError: a column is missing.
        NotANumberError: a value is no finite number.
        NegativePanelValueError: a value is negative.
    """
    names = list(columns)
    require_numbers(frame, names)
    for name in names:
        negative = int((frame[name].cast(pl.Float64) < 0.0).sum())
        if negative:
            raise NegativePanelValueError(name, negative)


def require_single_rows(frame: pl.DataFrame, keys: Sequence[str]) -> None:
    """Refuse a frame with several rows of one key; without keys the frame itself holds one row at most.

    Raises:
        RepeatedPanelRowError: names the keys and the first repeated rows.
    """
    if keys:
        repeated = frame.select(keys).filter(pl.struct(keys).is_duplicated()).unique(maintain_order=True)
    else:
        repeated = frame.slice(1)
    if repeated.height:
        raise RepeatedPanelRowError(keys, repeated.head(3).to_dicts())


def require_choice(name: str, value: str, allowed: Collection[str]) -> None:
    """Refuse a word that is not on the list.

    Raises:
        NotOnListError: names the list.
    """
    if value not in allowed:
        raise NotOnListError(name, value, allowed)
