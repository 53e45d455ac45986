"""Make deliverables of a city and keep them until the release takes them in."""

from collections.abc import Collection
from pathlib import Path

from sxyd_pipeline.deliverables.catalogue import DELIVERABLES, Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.lake import hash_of
from sxyd_pipeline.io.memory import give_back
from sxyd_pipeline.io.published import Prepared
from sxyd_pipeline.io.release_folder import versions
from sxyd_pipeline.io.staging import Staged, Staging

#: Language of the deliverables a release carries; ``sxyd export --lang en`` writes the others.
RELEASE_LANGUAGE: Language = "zh"


class DeliverableMissingError(SxydError):
    """A release is to be written, but one of its deliverables was not made for these results."""

    def __init__(self, deliverable: str, city: str) -> None:
        """Keep which one."""
        super().__init__(
            f"城市 {city} 的 {deliverable} 尚未按现有结果生成",
            f"{deliverable} of city {city} was not made from the present results",
            remedy_zh=f"运行 sxyd run {city} --select published",
            remedy_en=f"run sxyd run {city} --select published",
        )


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def edition_of(ready: Prepared) -> Edition:
    """Return the edition of a release that has no folder yet."""
    return Edition.of(ready.everything())


def stage(lake: Path, ready: Prepared, name: str, progress: Progress = _quiet) -> Staged:
    """Write one deliverable into the staging folder, unless it lies there already.

    Args:
        lake: folder of the lake.
        ready: the release it is for.
        name: name of the deliverable.
        progress: told what is being written.

    Raises:
        KeyError: there is no such deliverable.
        SxydError: of the writer, or the disk is full.
    """
    staging, key = Staging.of(lake, ready.city), _key(ready, name)
    found = staging.find(name, key)
    if found is not None:
        return found
    contents = DELIVERABLES[name].write(edition_of(ready), RELEASE_LANGUAGE, progress)
    staged = staging.put(name, key, contents)
    del contents
    give_back()
    return staged


def staged_parts(lake: Path, ready: Prepared, wanted: Collection[str]) -> list[Staged]:
    """Return the deliverables of a release: those wanted, and others that lie staged for it.

    Args:
        lake: folder of the lake.
        ready: the release they are for.
        wanted: names of deliverables it must have.

    Raises:
        DeliverableMissingError: one of those wanted was not staged for this release.
    """
    staging = Staging.of(lake, ready.city)
    parts = []
    for name in DELIVERABLES:
        found = staging.find(name, _key(ready, name))
        if found is not None:
            parts.append(found)
        elif name in wanted:
            raise DeliverableMissingError(name, ready.city)
    return parts


def _key(ready: Prepared, name: str) -> str:
    """Return the hash of everything the bytes of a deliverable depend on.

    The release id stands for inputs, reference data, program and results; the covers print it.
    """
    return hash_of({"release": ready.release_id, "deliverable": name, "lang": RELEASE_LANGUAGE, **versions()})
