"""Memory that is given back is what nobody holds any more."""

import gc
import weakref

from sxyd_pipeline.io.memory import give_back


class Figure:
    """Holds itself, as figures and their axes do."""

    def __init__(self) -> None:
        self.axes = self


def test_young_cycles_are_collected_and_what_is_held_stays() -> None:
    gc.collect()
    held, lost = Figure(), weakref.ref(Figure())
    gc.disable()
    try:
        dropped = weakref.ref(Figure())
        give_back()
    finally:
        gc.enable()
    assert dropped() is None
    assert lost() is None
    assert held.axes is held
