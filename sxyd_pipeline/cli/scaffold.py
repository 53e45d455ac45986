"""``sxyd init``: a blank city package that a person can fill in."""

import csv
import difflib
import io
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from string import Template

import polars as pl

from sxyd_pipeline.cli.dictionary import write_dictionary
from sxyd_pipeline.cli.faults import UnknownChoiceError, WrongUsageError
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.core.inputs.config import MODULES
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.shapes import FIELDS, OPTIONAL_TABLES, TABLE_MODULES, TABLE_NAMES
from sxyd_pipeline.io.workspace import Workspace, reference_folder

HEADERS_OPTION, HEADERS = "--headers", ("en", "zh")
MODULES_OPTION = "--module"
#: Modules that are on in a new package: non-CO2 gases need no file of their own.
ON_BY_DEFAULT = ("non_co2",)
DICTIONARY = "数据字典.xlsx"


class UnknownCityError(WrongUsageError):
    """The code is not one of a prefecture-level city."""

    def __init__(self, adcode: str, near: list[str]) -> None:
        """Suggest the codes that come near."""
        listed = "、".join(near) or "—"
        super().__init__(
            f"{adcode} 不是地级市行政区划代码；相近的有：{listed}",
            f"{adcode} is not the code of a prefecture-level city; near ones: {listed}",
            remedy_zh="填写六位地级市代码，如 320100 南京市",
            remedy_en="write the six-digit code of a prefecture-level city, such as 320100",
        )


class PackageExistsError(SxydError):
    """The folder already holds files a template would replace."""

    def __init__(self, folder: Path, present: list[str]) -> None:
        """Name the files."""
        listed = "、".join(present)
        super().__init__(
            f"文件已存在，未写入任何内容：{listed}",
            f"these files exist already, nothing was written: {listed}",
            remedy_zh="换一个 --dir，或先移走这些文件",
            remedy_en="choose another --dir, or move these files away first",
            place=Place(str(folder)),
        )


def scaffold_package(
    screen: Screen,
    workspace: Workspace,
    adcode: str,
    folder: Path | None,
    headers: str,
    modules: Sequence[str] = (),
) -> int:
    """Write the templates, the data dictionary, ``city.toml`` and notes on layers into ``<folder>/<adcode>``.

    Args:
        screen: where to tell what was written.
        workspace: where packages lie.
        adcode: city.
        folder: folder of packages, or of this one; None takes the workspace's.
        headers: ``en`` or ``zh``.
        modules: optional modules to switch on besides those of the template; their tables come along.

    Raises:
        UnknownChoiceError: ``headers`` or a module is none of the choices.
        UnknownCityError: no prefecture-level city has this code.
        PackageExistsError: a file would be replaced.
    """
    if headers not in HEADERS:
        raise UnknownChoiceError(HEADERS_OPTION, headers, HEADERS)
    for module in modules:
        if module not in MODULES:
            raise UnknownChoiceError(MODULES_OPTION, module, MODULES)
    switched_on = {*ON_BY_DEFAULT, *modules}
    reference = load_reference(reference_folder())
    city = find_city(adcode, reference.adcodes)
    switches = {module: str(module in switched_on).lower() for module in MODULES}
    home = (folder or workspace.cities).resolve()
    target = home if home.name == adcode else home / adcode
    writers: dict[str, Callable[[Path], object]] = {
        "city.toml": _text_writer(_filled("city.toml", city | switches)),
        DICTIONARY: lambda path: write_dictionary(path, reference),
        **{
            f"{name}.csv": _header_writer(name, headers)
            for name in TABLE_NAMES
            if TABLE_MODULES[name] in {"", *switched_on}
        },
        "zones/README.md": _text_writer(_filled("zones.md", city)),
        "proxies/README.md": _text_writer(_filled("proxies.md", city)),
        "scenarios/README.md": _text_writer(_filled("scenarios.md", city)),
    }
    present = sorted(name for name in writers if (target / name).exists())
    if present:
        raise PackageExistsError(target, present)
    for name, write in writers.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        write(target / name)
    _tell(screen, target, city["name"], list(writers))
    return 0


def find_city(adcode: str, adcodes: pl.DataFrame) -> dict[str, str]:
    """Return code, name and province of a city, and its districts as lines of text.

    A municipality (直辖市) is a city too: its province row has no cities below it.
    """
    codes = adcodes.with_columns(province=pl.col("adcode").str.head(2))
    split = codes.filter(pl.col("level") == "city")["province"].unique()
    cities = codes.filter(
        (pl.col("level") == "city")
        | ((pl.col("level") == "province") & ~pl.col("province").is_in(split.implode()))
    )
    found = cities.filter(pl.col("adcode") == adcode)
    if found.is_empty():
        raise UnknownCityError(adcode, _near(adcode, codes, cities))
    level = found["level"][0]
    province = codes.filter((pl.col("level") == "province") & (pl.col("province") == adcode[:2]))["name"]
    prefix = adcode[:2] if level == "province" else adcode[:4]
    districts = codes.filter((pl.col("level") == "district") & pl.col("adcode").str.starts_with(prefix)).sort(
        "adcode"
    )
    lines = (f"| {code} | {name} |" for code, name in districts.select("adcode", "name").iter_rows())
    return {
        "adcode": adcode,
        "name": found["name"][0],
        "province": province[0] if len(province) else found["name"][0],
        "districts": "\n".join(lines),
        "first_district": districts["adcode"][0] if districts.height else adcode,
    }


def _near(adcode: str, codes: pl.DataFrame, cities: pl.DataFrame) -> list[str]:
    """Return up to five cities: the one a district belongs to, one of that name, or similar digits."""
    names, known = dict(cities.select("adcode", "name").iter_rows()), set(codes["adcode"])
    by_name = [code for code, name in names.items() if len(adcode) > 1 and name.startswith(adcode)]
    own = [code for code in names if adcode in known and code[:4] == adcode[:4]]
    near = [*by_name, *own] or difflib.get_close_matches(adcode, names, n=5, cutoff=0.6)
    return [f"{code} {names[code]}" for code in dict.fromkeys(near)][:5]


def _filled(name: str, city: dict[str, str]) -> str:
    text = resources.files("sxyd_pipeline.cli").joinpath("templates", name).read_text(encoding="utf-8")
    return Template(text).substitute(city)


def _text_writer(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8", newline="\n")


def _header_writer(table: str, headers: str) -> Callable[[Path], object]:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(
        field.name if headers == "en" else field.column.label for field in FIELDS[table]
    )
    # The byte order mark tells spreadsheets that the file is UTF-8.
    return lambda path: path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _tell(screen: Screen, target: Path, name: str, files: list[str]) -> None:
    required = {"city", *TABLE_NAMES} - set(OPTIONAL_TABLES)
    screen.say(f"已为{name}生成数据包模板：{target}", f"template of a package for {name}: {target}", "green")
    screen.table(
        [screen.pick("文件", "file"), screen.pick("必需", "required")],
        [[file, screen.pick("是", "yes") if Path(file).stem in required else ""] for file in files],
    )
    screen.say(
        "下一步：填写表格，把图层放入 zones/（至少 districts、air、resources），再运行 sxyd check",
        "next: fill the tables, put layers into zones/ (districts, air, resources at least), run sxyd check",
    )
    screen.finish(ok=True, verb="init", folder=str(target), files=files)
