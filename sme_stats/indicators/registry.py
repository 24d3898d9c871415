"""Indicators by name: what `sme-stats get` offers, the charts draw and the README lists.

The table is ``registry.csv``; a function's module is imported when the indicator is used.
"""

from __future__ import annotations

import csv
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from sme_stats.errors import UnknownNameError, UsageError


@dataclass(frozen=True)
class Indicator:
    """One indicator as the command line knows it.

    Attributes
    ----------
    name : str
        As typed.
    module, function_name : str
        Where it is defined, in `sme_stats.indicators`.
    dataset : str
        Table it is computed from unless another is named; empty for comparisons.
    takes : tuple of str
        Keyword arguments besides the frame.
    unit : str
        Unit of the result; empty where it is the measure's own.
    codes, caveat : str
        Eurostat's codes it rests on, and the one thing to know, for the documentation.
    """

    name: str
    module: str
    function_name: str
    dataset: str
    takes: tuple[str, ...]
    unit: str
    codes: str
    caveat: str

    @cached_property
    def function(self) -> Callable[..., pd.DataFrame]:
        """Observation frame in, observation frame out."""
        module = importlib.import_module(f"sme_stats.indicators.{self.module}")
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
        )
        for row in rows
    }  # fmt: skip


INDICATORS = _read("indicator")
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
    every = {**INDICATORS, **COMPARISONS}
    if known not in every:
        raise UnknownNameError("indicator", name, every)
    return every[known]


def compute(name: str, frame: pd.DataFrame, **options: object) -> pd.DataFrame:
    """Compute an indicator by name; options it does not take are an error.

    Raises
    ------
    UnknownNameError
        If the indicator, or an option of it, does not exist.
    UsageError
        If an option that it needs is not given, or is not a whole number where it must be.
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
        if parameter.annotation == "int" and not isinstance(given.get(key, 0), int):
            raise UsageError(f"{key} = {given[key]!r} of {name} is not a whole number")
