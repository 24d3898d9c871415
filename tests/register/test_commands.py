"""`tabulate` and `generate` as they are typed."""

from __future__ import annotations

import json
import sys

import pandas as pd
import pytest

from sme_stats import register

from .. import processes
from .conftest import random_register


def run(*words, code=0):
    done = processes.run([sys.executable, "-m", "sme_stats", *words])
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "register"
    said = run("generate", path, "--firm-years", 3000, "--geo", "AT", "--seed", 7,
               "--years", "2015-2020", "--format", "json")  # fmt: skip
    return json.loads(said)


def test_generate_says_what_it_wrote_and_that_it_is_synthetic(made):
    assert made["label"].startswith("synthetic register")
    assert made["geo"] == ["AT"]
    assert register.tabulate(made["path"]).rows == made["rows"]


def test_tables_in_every_format_are_labelled(made, tmp_path):
    assert "Synthetic register: no row is of a real enterprise." in run("tabulate", made["path"])
    rows = json.loads(run("tabulate", made["path"], "--table", "sbs", "--format", "json"))
    assert {row["dataset"] for row in rows} == {"synthetic_sbs"}
    for name, read in (("cells.csv", pd.read_csv), ("cells.parquet", pd.read_parquet)):
        said = run("tabulate", made["path"], "--engine", "polars", "--out", tmp_path / name)
        assert "Synthetic register" in said
        cells = read(tmp_path / name)
        assert set(cells["dataset"]) == {"synthetic_sbs", "synthetic_bd", "synthetic_hg"}
        assert len(cells) == len(register.tabulate(made["path"]).frame())


def test_other_columns_and_rows_left_out(tmp_path):
    rows = random_register(4).rename(columns={"firm_id": "siren"})
    rows.loc[3, "employees"] = -1
    rows.to_csv(tmp_path / "r.csv", index=False)
    words = ("tabulate", tmp_path / "r.csv", "--column", "firm_id=siren", "--table", "hg")
    assert "column employees: negative in 1 row" in run(*words, code=2)
    assert "ENT_HGRW_NR" in run(*words, "--problems", "leave-out")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tabulate", "nowhere"), "error: cannot read nowhere"),
        (("tabulate", ".", "--column", "firm_id"), "write name here=name there"),
        (("tabulate", ".", "--out", "cells.xlsx"), "ends in .csv or .parquet"),
        (("tabulate", ".", "--engine", "spork"), "did you mean spark"),
        (("generate", ".", "--years", "2020-"), "--year 2020-"),
        (("generate", "."), "is there already"),
    ],
)
def test_mistakes_are_one_line(words, said):
    told = run(*words, code=2)
    assert said in told
    assert told.count("\n") == 1
