"""Imports the victims share, made once."""

import sxyd_pipeline.runs  # noqa: F401 - imported for its effect on the fork server
