"""Imports the victims share, made once; nothing here may start a thread, since victims are forked."""

import warnings

with warnings.catch_warnings():
    # It touches a deprecated module of the standard library.
    warnings.simplefilter("ignore", DeprecationWarning)
    import great_expectations  # noqa: F401

import sxyd_pipeline.runs  # noqa: F401
