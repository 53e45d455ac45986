"""Failures of reading a package's files, each named after the rule that was broken."""

from collections.abc import Sequence

from sxyd_pipeline.errors import Place, SxydError


class MissingConfigError(SxydError):
    """A folder without city.toml is no city package."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"文件夹 {folder} 中没有 city.toml，不是城市数据包",
            f"folder {folder} has no city.toml: it is not a city package",
            remedy_zh="用 sxyd init 建立数据包，或检查 --dir 指向的文件夹",
            remedy_en="make a package with sxyd init, or check the folder given with --dir",
            place=Place(folder),
        )


class UnreadableConfigError(SxydError):
    """city.toml is not TOML."""

    def __init__(self, file: str, reason: str) -> None:
        """Pass on where the parser stopped."""
        super().__init__(
            f"{file} 不是有效的 TOML：{reason}",
            f"{file} is not valid TOML: {reason}",
            remedy_zh="按提示的行列改正；文本要加引号，键与值之间用等号",
            remedy_en="mend the line named; text needs quotes, keys and values an equals sign",
            place=Place(file),
        )


class DuplicateCityError(SxydError):
    """Two folders claim one city."""

    def __init__(self, adcode: str, folders: Sequence[str]) -> None:
        """Name both folders."""
        names = "、".join(folders)
        super().__init__(
            f"多个文件夹对应同一城市 {adcode}：{names}",
            f"several folders claim city {adcode}: {names}",
            remedy_zh="每个城市只保留一个文件夹",
            remedy_en="keep one folder for each city",
        )


class PathOutsidePackageError(SxydError):
    """A link in the package points to a file outside of it."""

    def __init__(self, file: str) -> None:
        """Name the link."""
        super().__init__(
            f"{file} 指向数据包之外的文件",
            f"{file} points to a file outside the package",
            remedy_zh="把文件本身复制到数据包中，不要使用链接",
            remedy_en="copy the file itself into the package instead of a link",
            place=Place(file),
        )


class MissingTableError(SxydError):
    """A required table is not in the package."""

    def __init__(self, name: str, label: str, accepted: Sequence[str]) -> None:
        """Name the file names that would be accepted."""
        names = " | ".join(accepted)
        super().__init__(
            f"缺少必需的数据表 {name}（{label}）",
            f"the required table {name} is missing",
            remedy_zh=f"补充文件，文件名可为 {names}",
            remedy_en=f"add the file under one of the names {names}",
            place=Place(accepted[0]),
        )


class MissingLayerError(SxydError):
    """A required layer is not in the package."""

    def __init__(self, name: str, accepted: Sequence[str]) -> None:
        """Name the file names that would be accepted."""
        names = " | ".join(accepted)
        super().__init__(
            f"缺少必需的图层 {name}",
            f"the required layer {name} is missing",
            remedy_zh=f"补充图层，文件名可为 {names}；可选模块也可在 city.toml 的 [modules] 中关闭",
            remedy_en=f"add it under one of the names {names}; a module can be switched off in city.toml",
            place=Place(accepted[0]),
        )


class AmbiguousTableError(SxydError):
    """Two files stand for one table or layer."""

    def __init__(self, name: str, files: Sequence[str]) -> None:
        """Name the files."""
        names = "、".join(files)
        super().__init__(
            f"{name} 对应多个文件：{names}",
            f"several files stand for {name}: {names}",
            remedy_zh="只保留一个文件",
            remedy_en="keep one of the files",
            place=Place(files[0]),
        )


class UnsupportedFormatError(SxydError):
    """A file has the right name but a format that is not read."""

    def __init__(self, file: str, accepted: Sequence[str]) -> None:
        """Name the formats that are read."""
        names = " | ".join(accepted)
        super().__init__(
            f"不支持 {file} 的格式",
            f"the format of {file} is not supported",
            remedy_zh=f"另存为 {names}",
            remedy_en=f"save it as {names}",
            place=Place(file),
        )


class UnreadableFileError(SxydError):
    """A file is damaged, empty, encrypted, or not what its name says."""

    def __init__(self, file: str, reason: str) -> None:
        """Pass on the reason."""
        super().__init__(
            f"{file} 无法读取：{reason}",
            f"{file} cannot be read: {reason}",
            remedy_zh="用原软件打开并重新保存（不加密）；核对扩展名与内容一致",
            remedy_en="open it in its program, save again without password; name and content must agree",
            place=Place(file),
        )


class UndecodableFileError(SxydError):
    """The bytes of a text are in none of the accepted encodings, or in another than declared."""

    def __init__(self, file: str, offset: int, found: str, tried: Sequence[str]) -> None:
        """Name the first byte that does not fit."""
        names = "、".join(tried)
        super().__init__(
            f"{file} 的文字编码无法识别：第 {offset} 字节（{found}）不符合 {names}",
            f"the encoding of {file} is not known: byte {offset} ({found}) does not fit {names}",
            remedy_zh="另存为 UTF-8（带 BOM 亦可）、GB18030 或带 BOM 的 UTF-16；shapefile 请改正 .cpg 文件",
            remedy_en="save as UTF-8, GB18030 or UTF-16 with a byte order mark; mend the .cpg of a shapefile",
            place=Place(file, value=found),
        )


class CutFieldNameError(SxydError):
    """A field name of a shapefile was cut in the middle of a character."""

    def __init__(self, file: str, readable: str) -> None:
        """Show what is left of the name."""
        super().__init__(
            f"{file} 的字段名被截断（{readable}…）：shapefile 字段名最多 10 个字节（UTF-8 三个汉字）",
            f"a field name of {file} is cut short ({readable}…): a shapefile has room for 10 bytes",
            remedy_zh="改用 GPKG，或改用不超过 10 个字母的字段名（如 code、name、GKFL、YSXL）",
            remedy_en="save as GPKG, or use field names of up to 10 letters such as code, name, GKFL, YSXL",
            place=Place(file, column=readable),
        )


class GarbledTextError(SxydError):
    """A text was damaged by a wrong conversion before it came here."""

    def __init__(self, place: Place) -> None:
        """Name the cell."""
        super().__init__(
            "文字已被错误转换而损坏（乱码）",
            "the text was damaged by a wrong conversion (mojibake)",
            remedy_zh="从原始文件重新导出，保存时选择 UTF-8",
            remedy_en="export again from the original file and save as UTF-8",
            place=place,
        )


class RaggedRowError(SxydError):
    """A row has more or fewer cells than the header."""

    def __init__(self, place: Place, expected: int, actual: int) -> None:
        """Name both counts."""
        super().__init__(
            f"该行有 {actual} 个单元格，表头有 {expected} 个",
            f"the row has {actual} cells, the header {expected}",
            remedy_zh="检查该行的分隔符与引号；含分隔符的文字要加双引号",
            remedy_en="check separators and quotes of the row; text with separators needs double quotes",
            place=place,
        )


class TooManyColumnsError(SxydError):
    """A header is too wide to be one."""

    def __init__(self, file: str, columns: int, most: int) -> None:
        """Name both counts."""
        super().__init__(
            f"{file} 有 {columns} 列，上限为 {most} 列",
            f"{file} has {columns} columns; {most} is the most allowed",
            remedy_zh="检查分隔符；删除多余的列",
            remedy_en="check the separator; delete columns that are not needed",
            place=Place(file),
        )


class AmbiguousSheetError(SxydError):
    """No single sheet or layer of a file can be told to be the one meant."""

    def __init__(self, file: str, wanted: Sequence[str], sheets: Sequence[str]) -> None:
        """Name the sheets, and the names that would settle it."""
        names, settle = "、".join(sheets) or "（无 / none）", " | ".join(wanted)
        super().__init__(
            f"{file} 中无法确定使用哪个工作表或图层：{names}",
            f"it is not clear which sheet or layer of {file} is meant: {names}",
            remedy_zh=f"把要用的一个命名为 {settle}，或只保留一个",
            remedy_en=f"name the one to use {settle}, or keep only one",
            place=Place(file),
        )


class FormulaWithoutValueError(SxydError):
    """A cell holds a formula whose result was never saved."""

    def __init__(self, place: Place) -> None:
        """Name the cell."""
        super().__init__(
            "单元格是公式，但文件中没有保存计算结果",
            "the cell holds a formula whose result is not saved in the file",
            remedy_zh="用 Excel 或 WPS 打开并保存一次，或粘贴为数值",
            remedy_en="open and save the file once in a spreadsheet program, or paste as values",
            place=place,
        )


class UnsafeArchiveError(SxydError):
    """An archive would unpack outside its folder or to an unreasonable size, or hides entities."""

    def __init__(self, file: str, reason_zh: str, reason_en: str) -> None:
        """Pass on the reason."""
        super().__init__(
            f"{file} 不安全，已拒绝：{reason_zh}",
            f"{file} is not safe and was refused: {reason_en}",
            remedy_zh="从可信的来源重新导出该文件",
            remedy_en="export the file again from a source you trust",
            place=Place(file),
        )
