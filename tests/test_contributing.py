"""CONTRIBUTING's examples, each run as it stands."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from sme_stats import catalogue, check, load, plotting, read_claims, size_share
from sme_stats.indicators import registry
from sme_stats.plugins import Registry

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(section, kind):
    """The only block of a kind under a heading."""
    body = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.S | re.M)[1]
    (found,) = re.findall(rf"```{kind}\n(.*?)```", body, re.S)
    return found


@pytest.mark.parametrize(
    ("section", "kind"),
    [("A dataset", "toml"), ("An indicator", "python"), ("A chart", "python"), ("A claim", "toml")],
)
def test_each_takes_under_ten_lines(section, kind):
    assert len([line for line in block(section, kind).splitlines() if line.strip()]) < 10


def test_the_dataset_gives_measures_to_cells_in_eurostats_format(monkeypatch):
    ((code, given),) = tomllib.loads(block("A dataset", "toml")).items()
    known = Registry("sme_stats.nothing", {code: catalogue._entry(code, given)}, lambda _: None)
    monkeypatch.setattr("sme_stats.sources.formats.observations.entries", lambda: known)
    from sme_stats import read

    text = b"freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t2023 \nA,EMP_NR,C,GE250,DE\t7 p\n"
    row = read(text, dataset=code).iloc[0]
    assert (row["measure"], row["unit"], row["size"], row["value"]) == (
        "persons_employed", "NR", "GE250", 7.0,
    )  # fmt: skip


def test_the_indicator_computes_on_real_cells():
    names = {}
    exec(block("An indicator", "python"), names)
    cells = load("sbs_sc_ovw", geo="DE", year=2023, size="TOTAL")
    out = names["turnover_per_person"](cells)
    by_hand = cells.set_index("measure")["value"]
    assert out["value"].tolist() == [by_hand["turnover"] / by_hand["persons_employed"]]
    assert out["unit"].tolist() == ["MEUR"]


def test_the_indicators_line_fits_the_registry(monkeypatch):
    (values,) = csv.reader([block("An indicator", "text").strip()])
    header = Path(registry.__file__).with_suffix(".csv").read_text(encoding="utf-8").split("\n")[0]
    row = dict(zip(header.split(","), values, strict=True))
    assert row["function"] in block("An indicator", "python")
    assert row["dataset"] in catalogue.entries()
    assert row["name"] == row["function"].replace("_", "-") and row["caveat"]


def test_the_chart_is_drawn_and_saved(tmp_path):
    names = {}
    exec(block("A chart", "python"), names)
    shares = size_share(load("sbs_sc_ovw", geo=["DE", "FR"], year=2023), "SME", "persons_employed")
    chart = names["columns"](shares)
    assert isinstance(chart, plotting.Chart)
    assert [bar.get_height() for bar in chart.axes.patches] == shares["value"].tolist()
    assert chart.alt == "Columns; DE is highest."
    assert len(chart.save(tmp_path / "columns")) == 4


def test_the_claim_has_the_verdict_it_expects(tmp_path):
    file = tmp_path / "claims.toml"
    file.write_text(block("A claim", "toml"), encoding="utf-8")
    (verdict,) = check(read_claims(file)[0])
    assert verdict.verdict == verdict.claim.expect == "refuted"


def test_the_entry_points_are_those_of_the_example_package():
    points = tomllib.loads(block("From a package of your own", "toml"))["project"]
    example = (ROOT / "tests/plugins/example/pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(example)["project"]["entry-points"] == points["entry-points"]
