"""All files of the result data."""

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.result_data.tables import result_files

FOLDER = "data"


def write(edition: Edition, language: Language, progress: Progress) -> dict[str, bytes]:
    """Return the result data of a release below ``data/``."""
    del language
    files: dict[str, bytes] = {}
    for done, (name, frame) in enumerate(edition.tables.items()):
        progress(name, done, len(edition.tables))
        # The time of publication stands in meta.release of the database only.
        if name != "meta.release":
            written = result_files(edition.contract(name), frame)
            files |= {f"{FOLDER}/{file}": content for file, content in written.items()}
    return files
