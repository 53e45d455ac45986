"""准入清单 · The overall list and one page per control unit, as Markdown and workbooks."""

from sxyd_pipeline.deliverables.access_list.files import write, write_access_lists

__all__ = ["write", "write_access_lists"]
