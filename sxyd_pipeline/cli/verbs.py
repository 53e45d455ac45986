"""The verbs of ``sxyd``: their arguments and help, nothing else.

Each verb imports its module when it is called, so that ``sxyd --help`` stays quick. A help
text holds Chinese and English, separated by :data:`BETWEEN`; one of them is shown.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from sxyd_pipeline.cli.session import Session
from sxyd_pipeline.cli.settings import Settings

BETWEEN = "｜"

_PROGRAM = (
    "三线一单减污降碳协同管控数据管线。"
    "通用选项（可写在命令前或后）：--lang zh|en，--json 机器可读输出，--debug 显示错误堆栈。"
    "退出码：0 完成，1 数据或门控未通过，2 用法错误。"
    "｜Zoning for pollution and carbon as a data pipeline. "
    "Options of every verb (before or after it): --lang zh|en, --json for machines, --debug for tracebacks. "
    "Exit codes: 0 done, 1 data or gate, 2 usage."
)

CitiesFolder = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="城市数据包所在文件夹，或数据包本身｜folder that holds city packages, or one package",
    ),
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="输出文件夹｜folder for what is written")
]
Deliverables = Annotated[
    list[str] | None,
    typer.Option(
        "--deliverables",
        metavar="WORD",
        help="只生成这些成果：report case atlas data access explorer；none 只发布数据库（可重复）"
        "｜make only these; none publishes the database alone (may be repeated)",
    ),
]


def demo(context: typer.Context, deliverables: Deliverables = None) -> int:
    """Build the example city, run every asset, publish."""
    from sxyd_pipeline.cli.demo import run_demo  # noqa: PLC0415 - heavy imports only when called

    session = _session(context)
    return run_demo(session.screen, session.workspace(), deliverables or [])


def init(
    context: typer.Context,
    adcode: Annotated[
        str, typer.Argument(metavar="ADCODE", help="地级市行政区划代码｜code of a prefecture-level city")
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="数据包文件夹，缺省 data/cities/<ADCODE>｜folder of the package",
        ),
    ] = None,
    headers: Annotated[
        str,
        typer.Option(
            "--headers",
            metavar="en|zh",
            help="表头用标识符 (en) 或中文名 (zh)｜headers as identifiers (en) or in Chinese (zh)",
        ),
    ] = "en",
    modules: Annotated[
        list[str] | None,
        typer.Option(
            "--module",
            metavar="MODULE",
            help="启用可选模块并生成其表格：water、ecology、coastal（可重复）"
            "｜switch an optional module on and write its tables (may be repeated)",
        ),
    ] = None,
) -> int:
    """Scaffold a city package."""
    from sxyd_pipeline.cli.scaffold import scaffold_package  # noqa: PLC0415

    session = _session(context)
    return scaffold_package(session.screen, session.workspace(), adcode, folder, headers, modules or ())


def check(
    context: typer.Context,
    city: Annotated[
        str,
        typer.Argument(metavar="CITY", help="城市代码或数据包文件夹｜code of a city, or folder of a package"),
    ],
    folder: CitiesFolder = None,
    out: OutFolder = None,
) -> int:
    """Validate a package without running it."""
    from sxyd_pipeline.cli.check import check_city  # noqa: PLC0415

    session = _session(context)
    return check_city(session.screen, session.workspace(cities=folder), city, out)


def run(
    context: typer.Context,
    cities: Annotated[
        list[str],
        typer.Argument(
            metavar="CITY...",
            help="一个或多个城市代码或数据包文件夹｜codes of cities, or folders of packages",
        ),
    ],
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select", metavar="GROUP", help="只计算这些分组（可重复）｜only these groups (may be repeated)"
        ),
    ] = None,
    deliverables: Deliverables = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            min=1,
            help="同时计算几个城市，每个约占 2 GB 内存｜cities at a time, about 2 GB of memory each",
        ),
    ] = 1,
    folder: CitiesFolder = None,
    out: OutFolder = None,
) -> int:
    """Materialise and publish cities."""
    from sxyd_pipeline.cli.run import run_cities  # noqa: PLC0415

    session = _session(context)
    workspace = session.workspace(folder, out)
    return run_cities(session.screen, workspace, cities, select or [], deliverables or [], jobs)


def status(
    context: typer.Context,
    city: Annotated[
        str | None,
        typer.Argument(metavar="[CITY]", help="城市代码；缺省为全部｜code of a city; all by default"),
    ] = None,
    folder: CitiesFolder = None,
    out: OutFolder = None,
) -> int:
    """Tell what is materialised, stale, failed, published."""
    from sxyd_pipeline.cli.status import show_status  # noqa: PLC0415

    session = _session(context)
    return show_status(session.screen, session.workspace(folder, out), city)


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="SELECT", help="一条只读查询｜one reading query")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="RELEASE", help="在该次发布上查询｜ask this release"),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="最多行数，0 为不限｜greatest number of rows, 0 for all")
    ] = 1000,
    as_csv: Annotated[bool, typer.Option("--csv", help="以 CSV 输出｜print CSV")] = False,  # noqa: FBT002 - a flag
    out: OutFolder = None,
) -> int:
    """Ask the published database one question."""
    from sxyd_pipeline.cli.query import run_query  # noqa: PLC0415

    session = _session(context)
    return run_query(
        session.screen, session.workspace(out=out), query, as_of=as_of, limit=limit, as_csv=as_csv
    )


def portfolio(
    context: typer.Context,
    city: Annotated[str, typer.Argument(metavar="CITY", help="城市代码｜code of the city")],
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", help="目标年，缺省最远｜year, the last by default")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="ID", help="情景，缺省为发布所用｜scenario, that of the release"),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="INDICATOR=VALUE",
            help="换用或增加的目标（可重复），如 permitted_nox_t=12000｜another target (may be repeated)",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="MEASURE", help="不用的措施（可重复）｜measure left out (may be repeated)"
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="RELEASE", help="在该次发布上计算｜on this release"),
    ] = None,
    out: OutFolder = None,
) -> int:
    """Find the cheapest measures for the targets, or for other ones."""
    from sxyd_pipeline.cli.portfolio import Question, read_targets, show_portfolio  # noqa: PLC0415

    session = _session(context)
    question = Question(city, year, scenario, read_targets(target or []), without or [], as_of)
    return show_portfolio(session.screen, session.workspace(out=out), question)


def export(
    context: typer.Context,
    city: Annotated[str, typer.Argument(metavar="CITY", help="城市代码｜code of the city")],
    what: Annotated[
        str,
        typer.Argument(
            metavar="[report|case|atlas|data|explorer|access|database|all]",
            help="要写出的成果｜what is written",
        ),
    ] = "all",
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="RELEASE",
            help="取该次发布（编号、latest 或 previous），缺省最新"
            "｜from this release (id, latest or previous), by default the newest",
        ),
    ] = None,
    no_sql: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option(
            "--no-sql",
            help="成果浏览器不带查询引擎（约 1 MB）｜the explorer without its query engine (about 1 MB)",
        ),
    ] = False,
    out: OutFolder = None,
) -> int:
    """Write deliverables again from a release."""
    from sxyd_pipeline.cli.export import export_release  # noqa: PLC0415

    session = _session(context)
    return export_release(
        session.screen, session.workspace(), city, what, as_of=as_of, target=out, with_sql=not no_sql
    )


def check_project(  # noqa: PLR0913, PLR0917 - one parameter for each option
    context: typer.Context,
    city: Annotated[str, typer.Argument(metavar="CITY", help="城市代码｜code of the city")],
    lon: Annotated[float | None, typer.Option("--lon", help="经度，CGCS2000 度｜longitude, degrees")] = None,
    lat: Annotated[float | None, typer.Option("--lat", help="纬度，CGCS2000 度｜latitude, degrees")] = None,
    industry: Annotated[
        str | None,
        typer.Option("--industry", metavar="CODE", help="行业小类代码（GB/T 4754—2017）｜industry class"),
    ] = None,
    product: Annotated[
        list[str] | None,
        typer.Option(
            "--product", metavar="CODE=AMOUNT", help="产品及年产量，可重复｜product and yearly amount"
        ),
    ] = None,
    fuel: Annotated[
        list[str] | None,
        typer.Option(
            "--fuel", metavar="CODE=AMOUNT", help="燃料、电力、热力及年用量，可重复｜fuel and yearly amount"
        ),
    ] = None,
    emission: Annotated[
        list[str] | None,
        typer.Option("--emission", metavar="SPECIES=T", help="填报排放量，代替估算｜stated emission"),
    ] = None,
    replace: Annotated[
        list[str] | None,
        typer.Option(
            "--replace", metavar="SPECIES=T", help="已落实的削减替代量｜tonnes removed elsewhere for it"
        ),
    ] = None,
    removal: Annotated[
        list[str] | None,
        typer.Option(
            "--removal", metavar="DEVICE=SHARE", help="去除率，如 pm=0.99｜removal, such as pm=0.99"
        ),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="METRIC=VALUE", help="填报指标设计值｜stated value of a metric"),
    ] = None,
    value_added: Annotated[
        str | None,
        typer.Option("--value-added", metavar="MONEY", help="工业增加值，如 12亿元｜value added a year"),
    ] = None,
    boiler: Annotated[
        float | None, typer.Option("--boiler", metavar="T/H", help="锅炉单台出力（蒸吨/小时）｜boiler size")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="TOML", help="项目文件，选项优先｜project file; options win"),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="现状负荷年份｜year of the loads")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="RELEASE", help="按该次发布判定｜judge by this release")
    ] = None,
    out: OutFolder = None,
) -> int:
    """Judge a proposed project by the published access list."""
    from sxyd_pipeline.cli.check_project import Question, check_project  # noqa: PLC0415

    session = _session(context)
    question = Question(
        city, lon, lat, industry, product or (), fuel or (), emission or (), replace or (), removal or (),
        state or (), value_added, boiler, file, year, as_of,
    )  # fmt: skip
    return check_project(session.screen, session.workspace(out=out), question)


def validate_delivery(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="成果文件夹｜folder of a delivery")],
    spec: Annotated[
        str | None,
        typer.Option(
            "--spec",
            metavar="VERSION",
            help="规范版本，缺省最新｜version of the specification, newest by default",
        ),
    ] = None,
    out: OutFolder = None,
) -> int:
    """Check what a team hands in."""
    from sxyd_pipeline.cli import validate_delivery as verb  # noqa: PLC0415

    session = _session(context)
    return verb.validate_delivery(session.screen, session.workspace(), folder, spec, out)


def diff(
    context: typer.Context,
    city: Annotated[str, typer.Argument(metavar="CITY", help="城市代码｜code of the city")],
    before: Annotated[
        str,
        typer.Argument(metavar="A", help="发布编号、latest 或 previous｜id of a release, latest or previous"),
    ] = "previous",
    after: Annotated[str, typer.Argument(metavar="B", help="同上｜the same")] = "latest",
    out: OutFolder = None,
    annex: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--annex", help="另写 Word 与 PDF 附件｜write Word and PDF for the report, too"),
    ] = False,
) -> int:
    """Tell what changed between two releases."""
    from sxyd_pipeline.cli.diff import diff_releases  # noqa: PLC0415

    session = _session(context)
    return diff_releases(session.screen, session.workspace(), city, before, after, out, annex=annex)


def ui(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口｜port")] = 3000,
    host: Annotated[str, typer.Option("--host", help="监听地址｜address to listen on")] = "127.0.0.1",
) -> int:
    """Start the Dagster UI on the state of this folder."""
    from sxyd_pipeline.cli.ui import start_ui  # noqa: PLC0415

    session = _session(context)
    return start_ui(session.screen, session.workspace(), host, port)


def synth(
    context: typer.Context,
    cities: Annotated[int, typer.Option("--cities", min=1, help="城市数｜number of cities")] = 1,
    facilities: Annotated[
        int, typer.Option("--facilities", min=1, help="每城市企业数｜facilities per city")
    ] = 400,
    control_units: Annotated[
        int,
        typer.Option("--control-units", min=1, help="每城市管控单元数（约）｜control units per city, about"),
    ] = 90,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="随机种子，有缺省值｜seed; there is a default")
    ] = None,
    folder: CitiesFolder = None,
) -> int:
    """Make synthetic packages of any size, the same for the same seed."""
    from sxyd_pipeline.cli.synth import make_packages  # noqa: PLC0415

    session = _session(context)
    workspace = session.workspace(cities=folder)
    return make_packages(
        session.screen,
        workspace.cities,
        cities=cities,
        facilities=facilities,
        control_units=control_units,
        seed=seed,
    )


def doctor(context: typer.Context, folder: CitiesFolder = None, out: OutFolder = None) -> int:
    """Check versions, fonts, disk, database, permissions."""
    from sxyd_pipeline.cli.doctor import run_doctor  # noqa: PLC0415

    session = _session(context)
    return run_doctor(session.screen, session.workspace(folder, out))


#: Verbs in the order of the help page, with what each does.
VERBS = (
    (demo, "构建示例城市，计算全部资产并发布｜build the example city, run every asset, publish"),
    (init, "生成城市数据包模板与数据字典｜scaffold a city package with templates and a data dictionary"),
    (check, "校验数据包而不计算，写出问题清单｜validate a package without running it; list the findings"),
    (run, "计算城市（门控开启）并发布｜materialise cities, gates on, and publish"),
    (status, "已计算、过期、失败、已发布及原因｜what is materialised, stale, failed, published, and why"),
    (sql, "对已发布数据库做一次只读查询｜one read-only query on the published database"),
    (portfolio, "按目标求最低成本措施组合，可换目标重算｜least-cost measures for the targets, or other ones"),
    (export, "由某次发布重新写出成果｜write deliverables again from a release"),
    (check_project, "判定拟建项目是否符合准入清单及所缺条件｜judge a proposed project by the access list"),
    (diff, "两次发布之间的变化及原因｜what changed between two releases, and why"),
    (validate_delivery, "校验任意团队提交的成果文件夹｜check a delivery of any team, with located errors"),
    (ui, "打开 Dagster 界面｜start the Dagster UI"),
    (synth, "生成任意规模的合成数据包｜make synthetic packages of any size"),
    (doctor, "检查版本、字体、磁盘、数据库与权限｜check versions, fonts, disk, database, permissions"),
)  # fmt: skip


def build_command(settings: Settings) -> Any:
    """Return the program as a command whose help speaks the chosen language."""
    app = typer.Typer(name="sxyd", help=_PROGRAM, add_completion=False, rich_markup_mode=None)
    # A program of one command would lose its verb; the callback keeps the group.
    app.callback()(_program)
    for verb, text in VERBS:
        # A query may start with a comment (`-- ...`), which must not be taken for an option.
        settings_of_verb = {"ignore_unknown_options": True} if verb is sql else None
        app.command(name=verb.__name__.replace("_", "-"), help=text, context_settings=settings_of_verb)(verb)
    command = typer.main.get_command(app)
    command.help = _one_language(_PROGRAM, settings)
    for verb in command.commands.values():  # type: ignore[attr-defined]  # a group, as a callback is given
        verb.help = _one_language(verb.help, settings)
        for parameter in verb.params:
            parameter.help = _one_language(parameter.help, settings)
    return command


def _program() -> None:
    """Nothing to do before a verb."""


def _one_language(text: str | None, settings: Settings) -> str:
    zh, _, en = (text or "").partition(BETWEEN)
    return settings.pick(zh, en)


def _session(context: typer.Context) -> Session:
    return context.ensure_object(Session)
