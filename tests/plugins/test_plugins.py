"""Packages that add a dataset, an indicator and a chart, found as importlib.metadata finds them."""

from __future__ import annotations

import json

import pytest

BROKEN = "raise RuntimeError('the disk\\nis on fire')"


# -- the worked example, installed by pip


def test_its_dataset_loads_with_measures_flags_and_withheld_cells(python, example):
    code = (
        "import sme_stats as s; f = s.load('example_synthetic', year=2023); "
        "print(f[['vintage', 'measure', 'size', 'value', 'flag', 'conf']].values.tolist()); "
        "print(s.size_share(s.load('example_synthetic', year=2022), 'GE250')['value'].tolist())"
    )
    done = python(code, example)
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first == (
        "[['2026-01-01', 'enterprises', '0-9', nan, '', 'C'], "
        "['2026-01-01', 'enterprises', 'GE250', 5.0, 'p', ''], "
        "['2026-01-01', 'enterprises', 'TOTAL', 1100.0, '', '']]"
    )
    assert second == "[0.4]"


def test_its_dataset_is_listed_as_what_it_is(python, example):
    done = python(["datasets", "--search", "synthetic", "--format", "json"], example)
    (row,) = json.loads(done.stdout)
    assert row["dataset"] == "example_synthetic" and row["rows"] == 6
    assert row["coverage"] == "of a plugin" and "synthetic" in row["caveat"]


def test_an_unknown_code_of_its_dataset_is_refused(python, example):
    done = python(["get", "size-share", "--size", "SME", "--dataset", "example_synthetic",
                   "--geo", "AU"], example)  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "'AU'" in done.stderr


def test_its_indicator_is_computed_by_name(python, example):
    done = python(["get", "turnover-per-enterprise", "--geo", "DE", "--year", "2023", "--format",
                   "json"], example)  # fmt: skip
    assert done.stderr == ""
    rows = {row["size"]: row for row in json.loads(done.stdout)}
    from sme_stats import load

    cells = load("sbs_sc_ovw", geo="DE", year=2023, size="GE250").set_index("measure")["value"]
    assert rows["GE250"]["value"] == cells["turnover"] / cells["enterprises"]
    assert rows["GE250"]["unit"] == "MEUR"


def test_the_help_of_get_lists_its_indicator(python, example):
    out = python(["get", "--help"], example).stdout
    assert "turnover-per-enterprise  Turnover per enterprise, in million euro." in out


def test_its_chart_is_drawn(python, example, tmp_path):
    done = python(
        ["plot", "columns", "--geo", "DE,IT", "--year", "2023", "--out", "chart"], example
    )
    assert (done.returncode, done.stderr) == (0, "")
    from sme_stats import load, size_share

    cells = load("sbs_sc_ovw", geo=["DE", "IT"], year=2023)
    highest = size_share(cells, "SME", "persons_employed")["value"].max()
    told = (tmp_path / "chart.txt").read_text()
    assert told == f"Columns of 2 values, highest {highest:.1f}.\n"
    assert (tmp_path / "chart.svg").read_text().count("<path") > 2
    code = "from sme_stats import plotting; c = plotting.CHARTS; print('columns' in c, len(c))"
    with_it, without = python(code, example).stdout.split(), python(code).stdout.split()
    assert (with_it[0], without[0]) == ("True", "False")
    assert int(with_it[1]) == int(without[1]) + 1


def test_its_chart_is_declared_in_a_file_of_figures(python, example, tmp_path):
    declared = '[[figure]]\nid = "a"\nchart = "columns"\ngeo = ["DE", "IT"]\nyear = 2023\n'
    (tmp_path / "figures.toml").write_text(declared)
    words = ["figures", "figures.toml", "--out", "out", "--workers", "1"]
    done = python(words, example)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "a.txt").read_text().startswith("Columns of 2 values")
    assert "1 figures, 0 stale" in python([*words, "--check"], example).stdout
    without = python(words)
    assert without.returncode == 2 and "unknown chart 'columns'" in without.stderr


def test_they_are_listed_with_the_package_that_brings_them(python, example):
    done = python(["plugins", "--format", "json"], example)
    assert [
        (r["adds"], r["name"], r["package"], r["problem"]) for r in json.loads(done.stdout)
    ] == [
        ("dataset", "example_synthetic", "sme-example", ""),
        ("indicator", "turnover-per-enterprise", "sme-example", ""),
        ("chart", "columns", "sme-example", ""),
    ]
    assert python(["plugins"]).stdout == "no installed package adds anything\n"


# -- names that are taken


def test_a_plugin_does_not_replace_what_is_there(python, package):
    site = package("impostor", {
        "indicators": {"size_share": "impostor:f"}, "datasets": {"BD_SIZE": "impostor:d"},
        "charts": {"ranking": "impostor:f"},
    }, "def f(frame, **o): raise SystemExit('impostor ran')\nd = {}")  # fmt: skip
    done = python(["get", "size-share", "--geo", "DE", "--year", "2023"], site)
    assert (done.returncode, done.stderr) == (0, "")
    listed = json.loads(python(["plugins", "--format", "json"], site).stdout)
    assert len(listed) == 3
    for row, name in zip(listed, ("bd_size", "size-share", "ranking"), strict=True):
        assert row["problem"].startswith(f"{row['adds']} {row['name']!r} of package impostor 0.1")
        assert f"is refused: sme_stats has {name!r} itself" in row["problem"]
    said = python(["get", "--help"], site).stderr
    assert said.startswith("warning: indicator 'size_share' of package impostor 0.1 is refused")
    assert said.count("\n") == 1


def test_of_two_plugins_of_one_name_neither_is_taken(python, package):
    text = 'def f(frame):\n    "Sum of nothing, in percent."\n    return frame'
    for name in ("first-one", "second-one"):
        site = package(name, {"indicators": {"nothing": f"{name.replace('-', '_')}:f"}}, text)
    done = python(
        "from sme_stats.indicators.registry import INDICATORS; INDICATORS['nothing']", site
    )
    said = done.stderr.splitlines()[-1]
    assert said.startswith("sme_stats.errors.PluginError: indicator 'nothing' of package first-one")
    assert "second-one 0.1 has one of the same name" in said
    done = python(["get", "nothing"], site)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# -- plugins that fail


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BROKEN, "RuntimeError: the disk is on fire"),
        ("def g(: pass", "SyntaxError"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("x = 1", "AttributeError"),
        ("f = 3", "it is int, not a function of a frame"),
    ],
)
def test_a_broken_plugin_is_one_line_and_stops_nothing_else(python, package, example, text, why):
    site = package("sorry-thing", {"indicators": {"sorry": "sorry_thing:f"}}, text)
    done = python(["get", "sorry", "--geo", "DE"], site, example)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "indicator 'sorry' of package sorry-thing 0.1 cannot be used" in done.stderr
    assert why in done.stderr
    listed = python(["get", "--help"], site, example)
    assert "turnover-per-enterprise" in listed.stdout and "size-share" in listed.stdout
    assert listed.stderr.count("\n") == 1 and "sorry-thing" in listed.stderr


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("{}", "fields caveat, dimensions, family"),
        ("3", "it is int, not a mapping"),
        ("GOOD | {'colour': 'red'}", "no fields colour"),
        ("GOOD | {'code': 'bd_size'}", "no fields code"),
        ("GOOD | {'breaks': [{'place': 'DE'}]}", "TypeError"),
        ("GOOD | {'cells': b'<html>'}", "cells of the plugin's dataset 'sorry' cannot be read"),
    ],
)
def test_a_dataset_that_is_none_says_what_is_missing(python, package, entry, why):
    good = {
        "title": "Synthetic", "family": "sbs", "dimensions": ["geo"], "population": "",
        "size_basis": "", "size_partition": [], "years": [2022, 2023], "caveat": "synthetic",
    }  # fmt: skip
    site = package(
        "sorry-data", {"datasets": {"sorry": "sorry_data:d"}}, f"GOOD = {good!r}\nd = {entry}"
    )
    done = python("import sme_stats; sme_stats.load('sorry')", site)
    said = done.stderr.splitlines()[-1]
    assert said.startswith("sme_stats.errors.PluginError") and why in said
    shown = python(["get", "size-share", "--geo", "DE", "--year", "2023"], site)
    assert (shown.returncode, shown.stderr) == (0, "")


def test_a_dataset_brings_codes_of_its_own(python, package):
    entry = (
        "d = lambda: {'title': 'Synthetic', 'family': 'sbs', 'dimensions': ['geo'], 'population':"
        " '', 'size_basis': '', 'size_partition': [], 'years': [2022, 2023], 'caveat': 'synthetic',"
        " 'codes': {'X_NR': ('enterprises', 'NR')}}"
    )
    site = package("own-codes", {"datasets": {"Mine": "own_codes:d"}}, entry)
    code = (
        "from sme_stats.catalogue import find; f = find('mine'); "
        "print(f.code, f.measure_of('X_NR'), f.measure_of('EMP_NR'), 'X_NR' in f.indicators())"
    )
    done = python(code, site)
    assert done.stdout == ("mine ('enterprises', 'NR') ('persons_employed', 'NR') True\n"), (
        done.stderr
    )


# -- nothing is imported before it is used


def test_plugins_are_imported_when_their_name_is_used_and_not_before(python, example):
    code = (
        "import sys, sme_stats as s\n"
        "from sme_stats.indicators.registry import INDICATORS, compute\n"
        "seen = lambda: [m for m in sorted(sys.modules) if m.startswith('sme_example')]\n"
        "cells = s.load('sbs_sc_ovw', geo='DE', year=2023); s.size_share(cells, 'SME')\n"
        "s.plotting.CHARTS['ranking']; print(seen()); print('x' in INDICATORS, seen())\n"
        "list(INDICATORS); print(seen()); compute('turnover-per-enterprise', cells); print(seen())"
    )
    done = python(code, example)
    assert done.stdout.splitlines() == [
        "[]", "False []", "[]", "['sme_example', 'sme_example.indicator']",
    ], done.stderr  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "import sme_stats",
        "import sme_stats.cli",
        "import sme_stats; sme_stats.load('sbs_sc_ovw', geo='DE')",
        "from sme_stats.indicators.registry import compute, find; find('size-share')",
    ],
)
def test_what_the_package_has_itself_searches_no_metadata(python, package, statement):
    site = package("loud", {"indicators": {"loud": "loud:f"}}, "print('LOUD')")
    code = f"{statement}\nfrom sme_stats.plugins import installed; print(installed.cache_info())"
    done = python(code, site)
    assert done.stdout == "CacheInfo(hits=0, misses=0, maxsize=None, currsize=0)\n", done.stderr
