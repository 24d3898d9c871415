"""Docstrings as numpydoc's own validator reads them, of every public name and every other one."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from functools import cache

import pytest

import sme_stats
from sme_stats import errors, plotting, register
from sme_stats.indicators import registry

#: What numpydoc asks for and the project doesn't, each with the reason.
EXCEPTIONS = {
    "SA01": "a See Also section where there is something to see, not everywhere",
    "ES01": "an extended summary where one line isn't enough, not everywhere",
    "SS05": "takes every first word in -s for a verb: 'Labels of a codelist.'",
}
#: Asked of public names only: elsewhere type hints say it, and a line of text what they cannot.
PUBLIC_ONLY = {
    "PR01": "parameters",
    "RT01": "returns",
    "YD01": "yields",
    "EX01": "examples",
}
#: Public functions without an example: the embedded figures have none of their cells, and a number
#: made up for the purpose would be read as one of Eurostat's.
NO_EXAMPLE = {
    "sme_stats.indicators.dynamism.employment_in_births",
    "sme_stats.indicators.dynamism.employment_in_deaths",
    "sme_stats.indicators.dynamism.size_at_age",
    "sme_stats.indicators.dynamism.young_high_growth_share",
    "sme_stats.indicators.employers.employer_death_rate",
    "sme_stats.indicators.employers.employer_survival",
}


def _where(thing):
    return f"{thing.__module__}.{thing.__qualname__}"


def public():
    """What users call: exported names, charts, every indicator and comparison, errors."""
    exported = [
        getattr(sme_stats, n) for n in sme_stats.__all__ if n not in ("plotting", "register")
    ]
    charts = [getattr(plotting, n) for n in plotting.__all__ if n != "CHARTS"]
    charts += [getattr(register, n) for n in register.__all__ if n != "ENGINES"]
    every = {**registry.INDICATORS, **registry.COMPARISONS}.values()
    raised = [e for e in vars(errors).values() if getattr(e, "__module__", "") == errors.__name__]
    raised = [e for e in raised if inspect.isclass(e)]
    things = [*exported, *charts, *(i.function for i in every), registry.describe, *raised]
    return sorted({_where(thing) for thing in things})


@cache
def internal():
    """Every function and class without a leading underscore, in every module."""
    found = []
    for module in pkgutil.walk_packages(sme_stats.__path__, "sme_stats."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        found += [
            f"{module.name}.{name}"
            for name, thing in vars(loaded).items()
            if not name.startswith("_")
            and getattr(thing, "__module__", "") == module.name
            and (inspect.isfunction(thing) or inspect.isclass(thing))
        ]
    return found


def problems(names, but):
    from numpydoc.validate import validate

    return [
        f"{name}: {code} {text}"
        for name in names
        for code, text in validate(name)["errors"]
        if code not in but
    ]


def excused(line):
    """What an exception covers: errors show themselves where raised, fields are Attributes."""
    name, _, said = line.partition(": ")
    if said.startswith("EX01"):
        return name in NO_EXAMPLE or name.startswith("sme_stats.errors.")
    return said.startswith("PR01") and dataclasses.is_dataclass(_find(name))


def _find(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def test_every_public_name_is_documented_as_numpydoc_asks():
    names = public()
    assert len(names) > 80
    assert [line for line in problems(names, EXCEPTIONS) if not excused(line)] == []


def test_every_other_name_too_but_for_what_its_type_hints_say():
    names = internal()
    assert len(names) > 450
    assert problems(names, EXCEPTIONS | PUBLIC_ONLY) == []


def test_no_exception_has_become_needless():
    found = problems(public(), {})
    codes = {line.split(": ")[1][:4] for line in found}
    assert set(EXCEPTIONS) <= codes
    assert {n for n in NO_EXAMPLE if f"{n}: EX01 No examples section found" in found} == NO_EXAMPLE


@pytest.mark.parametrize("name", [n for n in public() if dataclasses.is_dataclass(_find(n))])
def test_a_record_documents_every_field_and_no_other(name):
    from numpydoc.docscrape import ClassDoc

    thing = _find(name)
    documented = [n for p in ClassDoc(thing)["Attributes"] for n in p.name.split(", ")]
    properties = {n for n, member in vars(thing).items() if isinstance(member, property)}
    assert [n for n in documented if n not in properties] == [
        field.name for field in dataclasses.fields(thing)
    ]
