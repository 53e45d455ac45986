"""Scenario files: those that ship, and the city's own; a city's file with the same id takes its place."""

import tomllib
from pathlib import Path

from sxyd_pipeline.core.projection.scenario import Scenario, parse_scenario
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.package import CityPackage
from sxyd_pipeline.io.readers_text import decode_text
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline.vocabulary.levers import SHIPPED_SCENARIOS

FOLDER = "scenarios"


class UnreadableScenarioError(SxydError):
    """A scenario file is not TOML."""

    def __init__(self, file: str, reason: str) -> None:
        """Name file and reason."""
        super().__init__(
            f"情景文件无法读取：{reason}",
            f"the scenario file cannot be read: {reason}",
            remedy_zh="按 TOML 语法改正该文件",
            remedy_en="mend the file so that it is valid TOML",
            place=Place(file=file),
        )


class DuplicateScenarioError(SxydError):
    """Two files of a package describe the same scenario."""

    def __init__(self, scenario_id: str, files: list[str]) -> None:
        """Name both files."""
        super().__init__(
            f"情景 {scenario_id} 在多个文件中定义：{'、'.join(files)}",
            f"scenario {scenario_id} is defined in several files: {', '.join(files)}",
            remedy_zh="只保留一个文件，或改用不同的 id",
            remedy_en="keep one file, or give another id",
        )


def load_scenarios(package: CityPackage) -> tuple[Scenario, ...]:
    """Read every scenario of a city.

    Args:
        package: the city's package; its ``scenarios/*.toml`` come on top of the shipped ones.

    Returns:
        Scenarios: the shipped ones in their order, then the city's own by id.

    Raises:
        UnreadableScenarioError: a file is not TOML.
        DuplicateScenarioError: an id occurs twice in the package.
        UnknownLeverError: a lever, selector or key does not exist.
        LeverValueError: a value is missing or out of bounds.
    """
    shipped = {
        name: _read(reference_folder() / FOLDER / f"{name}.toml", f"{name}.toml")
        for name in SHIPPED_SCENARIOS
    }
    own: dict[str, Scenario] = {}
    files: dict[str, list[str]] = {}
    for name, path in package.files():
        if not (name.startswith(f"{FOLDER}/") and name.lower().endswith(".toml")):
            continue
        scenario = _read(path, name)
        files.setdefault(scenario.scenario_id, []).append(name)
        own[scenario.scenario_id] = scenario
    for scenario_id, names in files.items():
        if len(names) > 1:
            raise DuplicateScenarioError(scenario_id, names)
    replaced = {name: own.pop(name, scenario) for name, scenario in shipped.items()}
    return (*replaced.values(), *(own[name] for name in sorted(own)))


def _read(path: Path, name: str) -> Scenario:
    try:
        document = tomllib.loads(decode_text(path.read_bytes(), name))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableScenarioError(name, str(error)) from None
    return parse_scenario(document, name)
