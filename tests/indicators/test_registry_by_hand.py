"""The registry: its table as it is, plugins as they describe themselves, refusals in full."""

import csv
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from expected import refusal

from sme_stats.frame import concat
from sme_stats.indicators import registry
from sme_stats.indicators.shares import size_share
from sme_stats.plugins import Plugin

FIELDS = ("name", "module", "function", "dataset", "takes", "unit", "codes", "caveat")


def test_every_row_of_the_table_is_an_indicator_or_a_comparison():
    with Path(registry.__file__).with_suffix(".csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for kind in ("indicator", "comparison"):
        found = [
            (i.name, i.module, i.function_name, i.dataset, " ".join(i.takes), i.unit, i.codes,
             i.caveat) for i in registry._read(kind).values()
        ]  # fmt: skip
        assert found == [tuple(r[f] for f in FIELDS) for r in rows if r["kind"] == kind]
        assert not any(i.elsewhere for i in registry._read(kind).values())
        assert list(registry._read(kind)) == [r["name"] for r in rows if r["kind"] == kind]


def test_an_indicator_knows_its_function_and_first_line():
    share = registry.find("size_share")
    assert share is registry.find("size-share") and share.function is size_share
    assert share.summary == "Share of a size class or range in TOTAL, in percent."
    assert registry.find("rank").name == "rank"
    nothing = registry.Indicator("n", "builtins", "f", "", (), "", "", "", elsewhere=True)
    nothing.__dict__["function"] = lambda frame: frame
    assert nothing.summary == ""


def test_an_unknown_name_is_answered_with_the_nearest():
    assert refusal(registry.find, "size-shar").startswith(
        "UnknownNameError: unknown indicator: 'size-shar'; did you mean size-share"
    )
    assert "peers" in refusal(registry.find, "peer")


def options_of(cells, **options):
    return registry.compute("size-share", cells({"0-9": 4, "GE10": 1, "TOTAL": 5}), **options)


def test_options_go_to_the_function(cells):
    assert options_of(cells, size="0-9")["value"].tolist() == [80]
    assert options_of(cells, size="0-9", measure=None)["value"].tolist() == [80]
    assert refusal(options_of, cells, reference="DE") == (
        "UnknownNameError: unknown option of size-share: 'reference'; valid: measure, sharp, size"
    )
    years = concat([cells({"TOTAL": n}, year=2020 + n) for n in (1, 2)])
    assert registry.compute("index", years, base=2021)["value"].tolist() == [100, 200]
    assert refusal(registry.compute, "index", years) == (
        "UsageError: index needs base: give it as an option, base=…"
    )
    assert refusal(registry.compute, "index", years, base="2021") == (
        "UsageError: base = '2021' of index is not a whole number"
    )
    assert refusal(options_of, cells, sharp="no") == (
        "UsageError: sharp = 'no' of size-share is neither True nor False"
    )


# -- plugins


@registry.describe("bd_size", "PC", "ENT_NR", "the one thing to know")
def described(frame, size="SME", *rest, most=3, **more):
    """First line.

    Second.
    """
    return frame


def bare(frame):
    return frame


NOT_A_FUNCTION = 5


def plugin(attribute):
    point = EntryPoint("of-a-plugin", f"{__name__}:{attribute}", "sme_stats.indicators")
    return Plugin("sme_stats.indicators", "of-a-plugin", "example", "1.0", point)


def made(attribute, monkeypatch):
    found = plugin(attribute)
    monkeypatch.setattr(Plugin, "load", lambda self: globals()[attribute])
    return registry._from_plugin(found)


def test_a_plugin_is_described_by_itself(monkeypatch):
    one = made("described", monkeypatch)
    assert (one.name, one.module, one.function_name) == ("of-a-plugin", __name__, "described")
    assert (one.dataset, one.unit, one.codes) == ("bd_size", "PC", "ENT_NR")
    assert one.caveat == "the one thing to know"
    assert one.takes == ("size", "most") and one.elsewhere
    other = made("bare", monkeypatch)
    assert (other.dataset, other.unit, other.codes, other.caveat, other.takes) == (
        "", "", "", "", (),
    )  # fmt: skip


def test_a_plugin_that_is_no_function(monkeypatch):
    assert "it is int, not a function of a frame" in refusal(made, "NOT_A_FUNCTION", monkeypatch)


def test_a_description_is_empty_by_default():
    def function(frame):
        return frame

    assert registry.describe()(function) is function
    assert function.__dict__["sme_stats"] == ("", "", "", "")
    with pytest.raises(TypeError):
        registry.describe(nothing="x")
