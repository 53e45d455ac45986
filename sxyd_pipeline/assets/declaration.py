"""``@asset``: marks a function as a sentence of the graph.

The function stays a plain function that a test can call. ``definitions`` turns every
declared function into a Dagster asset: its name is the asset, its parameters are its
parents and resources, its folder is the group, its contract is the gate.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared asset: the function, its group, and what it reads outside its parameters."""

    function: Callable[..., Any]
    group: str
    reads_package: bool = False
    after: tuple[str, ...] = field(default=())
    kinds: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """Name of the asset."""
        return str(self.function.__name__)


DECLARATIONS: dict[str, Declaration] = {}


def asset(
    *, reads_package: bool = False, after: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
) -> Callable[[Body], Body]:
    """Declare an asset of the graph.

    Args:
        reads_package: the asset reads files of the city package, so a changed package makes it stale.
        after: assets that must be materialised first although they are not parameters.
        kinds: formats of what it writes, shown in the UI; tables tell theirs by their contract.
    """

    def declare(function: Body) -> Body:
        group = function.__module__.split(".")[2]
        declaration = Declaration(function, group, reads_package, after, kinds)
        DECLARATIONS[declaration.name] = declaration
        return function

    return declare
