"""Indicators by name: what `sme-stats get` offers, the charts draw and the README lists.

The table is ``registry.csv``; a function's module is imported when the indicator is used. Other
packages add indicators by an entry point, see `sme_stats.plugins`.
"""

from __future__ import annotations

import csv
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from sme_stats import plugins
from sme_stats.errors import UnknownNameError, UsageError

#: Charts that draw any indicator with a value by place and year.
EVERYWHERE = ("ranking", "tile-map", "trend", "small-multiples", "slope")

F = TypeVar("F", bound=Callable[..., pd.DataFrame])


@dataclass(frozen=True)
class Indicator:
    """One indicator as the command line knows it.

    Attributes
    ----------
    name : str
        As typed.
    module, function_name : str
        Where it is defined, in `sme_stats.indicators` or, with dots, in another package.
    dataset : str
        Table it is computed from unless another is named; empty for comparisons.
    takes : tuple of str
        Keyword arguments besides the frame.
    unit : str
        Unit of the result; empty where it is the measure's own.
    codes, caveat : str
        Eurostat's codes it rests on, and the one thing to know, for the documentation.
    charts : tuple of str
        Charts of `sme-stats plot` that draw it.
    elsewhere : bool
        Whether a plugin brings it; `module` is then a whole name.
    """

    name: str
    module: str
    function_name: str
    dataset: str
    takes: tuple[str, ...]
    unit: str
    codes: str
    caveat: str
    charts: tuple[str, ...] = EVERYWHERE
    elsewhere: bool = field(default=False, repr=False)

    @cached_property
    def function(self) -> Callable[..., pd.DataFrame]:
        """Observation frame in, observation frame out."""
        inside = f"sme_stats.indicators.{self.module}"
        module = importlib.import_module(self.module if self.elsewhere else inside)
        found: Callable[..., pd.DataFrame] = getattr(module, self.function_name)
        return found

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


def _read(kind: str) -> dict[str, Indicator]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return {
        row["name"]: Indicator(
            row["name"], row["module"], row["function"], row["dataset"],
            tuple(row["takes"].split()), row["unit"], row["codes"], row["caveat"],
            tuple(row["charts"].split()),
        )
        for row in rows
    }  # fmt: skip


def describe(
    dataset: str = "", unit: str = "", codes: str = "", caveat: str = ""
) -> Callable[[F], F]:
    """Say of a plugin's indicator what ``registry.csv`` says of the package's own; a decorator.

    Parameters
    ----------
    dataset : str
        Table it is computed from unless another is named.
    unit : str
        Unit of the result; empty where it is the measure's own.
    codes, caveat : str
        Eurostat's codes it rests on, and the one thing to know.

    Returns
    -------
    callable
        Decorator that gives the function back, described.

    Examples
    --------
    >>> @describe(dataset="bd_size", unit="PC")
    ... def nothing(frame):
    ...     "Nothing of anything, in percent."
    >>> nothing.__name__
    'nothing'
    """

    def remember(function: F) -> F:
        function.__dict__["sme_stats"] = (dataset, unit, codes, caveat)
        return function

    return remember


def _from_plugin(plugin: plugins.Plugin) -> Indicator:
    function = plugin.load()
    if not callable(function):
        raise plugin.broken(f"it is {type(function).__name__}, not a function of a frame")
    parameters = list(inspect.signature(function).parameters.values())
    takes = tuple(
        p.name for p in parameters[1:] if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    )
    dataset, unit, codes, caveat = getattr(function, "sme_stats", ("",) * 4)
    at = plugin.point
    return Indicator(plugin.name, at.module, at.attr, dataset, takes, unit, codes, caveat,
                     elsewhere=True)  # fmt: skip


INDICATORS = plugins.Registry(
    plugins.INDICATORS, _read("indicator"), _from_plugin, lambda name: name.replace("_", "-")
)
#: What can be done with an indicator's result, one step further.
COMPARISONS = _read("comparison")


def find(name: str) -> Indicator:
    """Look up an indicator; underscores do for hyphens.

    Raises
    ------
    UnknownNameError
        Naming the nearest.

    Examples
    --------
    >>> find("size_share").unit
    'PC'
    """
    known = name.replace("_", "-")
    if known in COMPARISONS:
        return COMPARISONS[known]
    if known not in INDICATORS:
        raise UnknownNameError("indicator", name, [*INDICATORS, *COMPARISONS])
    return INDICATORS[known]


def divide(
    name: str, then: str, given: Mapping[str, object]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of an indicator, and those of the comparison that follows it.

    Raises
    ------
    UnknownNameError
        If neither takes one.

    Examples
    --------
    >>> divide("size-share", "distance", {"size": "SME", "reference": "DE"})
    ({'size': 'SME'}, {'reference': 'DE'})
    """
    takes, after = find(name).takes, COMPARISONS[then].takes if then else ()
    for key in given:
        if key not in (*takes, *after):
            who = f"{name} or {then}" if then else name
            raise UnknownNameError(f"option of {who}", key, [*takes, *after])
    later = {key: value for key, value in given.items() if key in after}
    return {k: v for k, v in given.items() if k not in later}, later


def compute(name: str, frame: pd.DataFrame, **options: object) -> pd.DataFrame:
    """Compute an indicator by name; options it does not take are an error.

    Raises
    ------
    UnknownNameError
        If the indicator, or an option of it, does not exist.
    UsageError
        If an option that it needs is not given, or is not a whole number or a yes or no where it
        must be.
    """
    indicator = find(name)
    given = {key: value for key, value in options.items() if value is not None}
    for key in given:
        if key not in indicator.takes:
            raise UnknownNameError(f"option of {name}", key, indicator.takes)
    _check_options(name, indicator, given)
    return partial(indicator.function, **given)(frame)


def _check_options(name: str, indicator: Indicator, given: Mapping[str, object]) -> None:
    for key, parameter in inspect.signature(indicator.function).parameters.items():
        if key not in indicator.takes:
            continue
        if parameter.default is parameter.empty and key not in given:
            raise UsageError(f"{name} needs {key}: give it as an option, {key}=…")
        if parameter.annotation == "bool | None" and not isinstance(given.get(key, True), bool):
            raise UsageError(f"{key} = {given[key]!r} of {name} is neither True nor False")
        if parameter.annotation == "int" and not isinstance(given.get(key, 0), int):
            raise UsageError(f"{key} = {given[key]!r} of {name} is not a whole number")
