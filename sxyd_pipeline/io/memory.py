"""Memory given back to the machine between the large steps of a run.

A run keeps little from step to step, but the C library keeps what was freed, and figures and documents are
cycles that the collector, which runs seldom, has not met yet: resident memory then grows with every step.
"""

import ctypes
import gc
import sys

_LINUX = "linux"


def give_back() -> None:
    """Collect young cycles and return free memory to the system, where the C library has a call for that."""
    # What is old are the libraries; walking them would take longer than all the rest.
    gc.collect(1)
    if sys.platform == _LINUX:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
