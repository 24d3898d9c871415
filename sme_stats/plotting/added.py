"""Charts by name: the package's own, and those that other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sme_stats import plotting, plugins


def _from_plugin(plugin: plugins.Plugin) -> Callable[..., Any]:
    drawn: Callable[..., Any] = plugin.load()
    if not callable(drawn):
        raise plugin.broken(f"it is {type(drawn).__name__}, not a function of a frame")
    return drawn


def _own() -> Mapping[str, Callable[..., Any]]:
    names = [n for n in plotting.__all__ if n not in ("CHARTS", "Chart")]
    return {name: getattr(plotting, name) for name in names}


CHARTS = plugins.Registry(plugins.CHARTS, _own(), _from_plugin, lambda name: name.replace("-", "_"))
