"""Datasets, indicators and charts that other installed packages add, by entry points.

A package names what it adds in its ``pyproject.toml``::

    [project.entry-points."sme_stats.indicators"]
    employees-per-enterprise = "my_package:employees_per_enterprise"

Three groups are read: ``sme_stats.datasets``, ``sme_stats.indicators`` and ``sme_stats.charts``.
Nothing is looked up before a name is asked for that the package itself does not have, or a list is
asked for; and a plugin's code runs only when its own name is used. It then runs with every right
of the process: install only what you trust.

What the package itself has cannot be replaced: a plugin of the same name is refused, by name. Of
two plugins of one name neither is taken. A plugin that fails does not stop the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sme_stats.errors import PluginError, PluginWarning

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

DATASETS = "sme_stats.datasets"
INDICATORS = "sme_stats.indicators"
CHARTS = "sme_stats.charts"
GROUPS = (DATASETS, INDICATORS, CHARTS)

T = TypeVar("T")


@dataclass(frozen=True)
class Plugin:
    """One entry point of an installed package.

    Attributes
    ----------
    group, name : str
        What it adds to, and under which name.
    package, version : str
        Distribution that brings it.
    point : importlib.metadata.EntryPoint
        Where its code is.
    """

    group: str
    name: str
    package: str
    version: str
    point: EntryPoint

    def __str__(self) -> str:
        kind = self.group.rpartition(".")[2].removesuffix("s")
        return f"{kind} {self.name!r} of package {self.package} {self.version}"

    def load(self) -> Any:
        """Import the object that the entry point names; this runs the plugin's code.

        Raises
        ------
        PluginError
            If that fails, whatever the reason.
        """
        try:
            return self.point.load()
        except Exception as error:
            raise self.broken(error) from error

    def broken(self, why: object) -> PluginError:
        """Error of one line that names the package."""
        said = " ".join(str(why).split()) or "no message"
        if isinstance(why, Exception):
            said = f"{type(why).__name__}: {said}"
        return PluginError(f"{self} cannot be used: {said[:300]}; update or uninstall the package")


@cache
def installed(group: str) -> tuple[Plugin, ...]:
    """Entry points of a group, by name and package; none of them is imported.

    Examples
    --------
    >>> installed("sme_stats.nothing")
    ()
    """
    from importlib.metadata import entry_points

    found = {
        (point.name, point.dist.name if point.dist else "?"): point
        for point in reversed(tuple(entry_points(group=group)))  # the first on the path wins
    }
    return tuple(
        Plugin(group, name, package, point.dist.version if point.dist else "?", point)
        for (name, package), point in sorted(found.items())
    )


def refusal(plugin: Plugin, own: Mapping[str, object], key: Callable[[str], str]) -> str:
    """Why a plugin is not taken before its code is looked at; empty if it is."""
    name = key(plugin.name)
    if name in own:
        return (
            f"{plugin} is refused: sme_stats has {name!r} itself; the package must rename its own"
        )
    rivals = [p for p in installed(plugin.group) if key(p.name) == name and p != plugin]
    if rivals:
        others = ", ".join(f"{p.package} {p.version}" for p in rivals)
        return f"{plugin} is refused: {others} has one of the same name; uninstall one of them"
    return ""


class Registry(Mapping[str, T]):
    """What the package has of one kind, and what plugins add; names in the package's order first.

    Parameters
    ----------
    group : str
        Entry-point group.
    own : mapping
        What the package itself has. Looking one of these up reads no plugin.
    make : callable
        Plugin to what the registry holds; only called when the plugin's name is looked up.
    key : callable, optional
        How names are written here; as the plugin writes them by default.

    Notes
    -----
    Iterating names imports no plugin; iterating values or items imports all of them and leaves out,
    with a `PluginWarning`, those that fail. Looking such a one up raises `PluginError`.
    """

    def __init__(
        self, group: str, own: Mapping[str, T], make: Callable[[Plugin], T],
        key: Callable[[str], str] = str,
    ) -> None:  # fmt: skip
        self._group, self._own, self._make, self._key = group, own, make, key
        self._made: dict[str, T] = {}
        self._plugins: dict[str, Plugin] | None = None

    def __getitem__(self, name: str) -> T:
        if name in self._own:
            return self._own[name]
        if name not in self._made:
            self._refuse_rivals(name)
            self._made[name] = self._use(self._added()[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._added()

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from self._added()

    def __len__(self) -> int:
        return len(self._own) + len(self._added())

    def values(self) -> ValuesView[T]:
        """Everything that can be used."""
        return dict(self.items()).values()

    def items(self) -> ItemsView[str, T]:
        """Everything that can be used, by name."""
        usable = dict(self._own)
        for name in self._added():
            try:
                usable[name] = self[name]
            except PluginError as error:
                warnings.warn(str(error), PluginWarning, stacklevel=2)
        return usable.items()

    def states(self) -> list[tuple[Plugin, str]]:
        """Every plugin of the group with what is wrong with it, empty if nothing; imports all."""
        states = []
        for plugin in installed(self._group):
            problem = refusal(plugin, self._own, self._key)
            if not problem:
                try:
                    self[self._key(plugin.name)]
                except PluginError as error:
                    problem = str(error)
            states.append((plugin, problem))
        return states

    def _added(self) -> dict[str, Plugin]:
        if self._plugins is None:
            problems = {p: refusal(p, self._own, self._key) for p in installed(self._group)}
            self._plugins = {self._key(p.name): p for p, why in problems.items() if not why}
            for why in filter(None, problems.values()):
                warnings.warn(why, PluginWarning, stacklevel=3)
        return self._plugins

    def _refuse_rivals(self, name: str) -> None:
        for plugin in installed(self._group):
            if self._key(plugin.name) == name and (why := refusal(plugin, self._own, self._key)):
                raise PluginError(why)

    def _use(self, plugin: Plugin) -> T:
        try:
            return self._make(plugin)
        except PluginError:
            raise
        except Exception as error:
            raise plugin.broken(error) from error
