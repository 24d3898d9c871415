"""Commands as they are typed: help, formats that read back, names that do not exist."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from sme_stats.cli import COMMANDS
from sme_stats.cli.output import to_json, to_markdown
from sme_stats.cli.progress import steps
from sme_stats.indicators.registry import COMPARISONS, INDICATORS, compute
from sme_stats.places import data_dir

pytestmark = pytest.mark.usefixtures("home")
PRESS = str(data_dir() / "claims" / "press-2023.toml")


def python(code, **env):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60,
                          env=os.environ | env, check=False)  # fmt: skip


# -- help


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help_with_an_example_of_itself(run, command):
    code, out, err = run(f"{command} --help")
    assert (code, err) == (0, "")
    assert re.search(rf"Examples?:\n +sme-stats {command}", out), out
    assert len(out.splitlines()[2].strip()) > 20, "a sentence says what it does"


def test_the_first_help_lists_every_command_and_imports_none(run):
    code, out, _ = run("--help")
    assert code == 0
    listed = re.findall(r"^  ([a-z]+)  ", out, flags=re.MULTILINE)
    assert listed == list(COMMANDS)
    done = python("import sys; from sme_stats.cli import main\n"
                  "try: main(['--help'])\n"
                  "except SystemExit: print(sorted({'pandas', 'numpy', 'matplotlib', 'requests', "
                  "'scipy', 'pyarrow', 'urllib3'} & set(sys.modules)))")  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_importing_the_package_imports_nothing_heavy():
    done = python("import sys, sme_stats\n"
                  "print(sorted(m for m in ('pandas', 'numpy', 'matplotlib', 'requests', 'scipy', "
                  "'pyarrow', 'urllib3', 'click', 'jinja2') if m in sys.modules))")  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_checking_claims_draws_nothing_and_asks_nobody():
    done = python("import sys; from sme_stats.cli import main\n"
                  f"try: main(['check', {PRESS!r}])\n"
                  "except SystemExit: print(sorted({'matplotlib', 'requests', 'urllib3', 'scipy'} "
                  "& set(sys.modules)))")  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_the_help_of_get_lists_every_indicator(run):
    _, out, _ = run("get --help")
    for name, indicator in INDICATORS.items():
        assert re.search(rf"^  {name}\b", out, flags=re.MULTILINE), name
        assert indicator.summary


def test_version_and_module(run):
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("sme-stats, version 0.")
    done = subprocess.run([sys.executable, "-m", "sme_stats", "--version"], capture_output=True,
                          text=True, timeout=60, check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, out)


# -- formats

GET = "get size-structure --geo DE,PT --year 2021,2023 --measure persons_employed"


def test_json_holds_null_and_no_infinity_or_nan(run):
    code, out, _ = run(f"{GET} --format json")
    records = json.loads(out, parse_constant=pytest.fail)
    assert code == 0 and len(records) == 20
    withheld = [r for r in records if r["conf"] == "C"]
    assert withheld and all(r["value"] is None and r["lower"] < r["upper"] for r in withheld)
    assert {r["unit"] for r in records} == {"PC"} and {r["year"] for r in records} == {2021, 2023}


def test_csv_reads_back_as_the_same_numbers(run):
    _, out, _ = run(f"{GET} --format csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    records = json.loads(run(f"{GET} --format json")[1])
    assert [r["size"] for r in rows] == [r["size"] for r in records]
    for row, record in zip(rows, records, strict=True):
        assert (float(row["value"]) if row["value"] else None) == record["value"]
        assert float(row["upper"]) == record["upper"]


def test_markdown_reads_back_as_a_table(run):
    _, out, _ = run(f"{GET} --format markdown")
    lines = [[c.strip() for c in line.strip("|\n").split(" | ")] for line in out.splitlines()]
    head, rule, *rows = lines
    assert set(rule) == {"---"} and len(rows) == 20
    assert all(len(row) == len(head) for row in rows)
    assert {"value", "lower", "upper", "geo"} <= set(head)


def test_text_says_what_it_is_and_where_it_is_from(run):
    code, out, err = run(GET)
    assert (code, err) == (0, "")
    assert out.startswith("Share of every published class in TOTAL, in percent. Source: Eurostat")
    assert "sbs_sc_ovw" in out and re.search(r"GE250 +PT +2023 +22\.902", out)


@pytest.mark.parametrize("form", ["json", "csv", "markdown", "text"])
@pytest.mark.parametrize(
    "line",
    [f"check {shlex.quote(PRESS)}", f"reconcile {shlex.quote(PRESS)} --id jobs --most 3",
     "datasets",
     "show bd_size", "vintages", "audit sbs_sc_ovw --geo SI --year 2023",
     "get birth-rate --geo DE"],
)  # fmt: skip
def test_every_format_of_every_table_reads_back(run, line, form):
    code, out, err = run(f"{line} --format {form}")
    assert (code, err) == (0, "") and out.endswith("\n")
    if form == "json":
        assert json.loads(out, parse_constant=pytest.fail)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(out)))
        assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    if form == "markdown":  # check writes a summary around its table
        table = [line for line in out.splitlines() if line.startswith("|")]
        assert len(table) > 2 and table[1].startswith("| --- ")
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in table}) == 1
        assert line.startswith("check ") or table == out.splitlines()
        if line.startswith("check "):
            assert sum("| refuted |" in row for row in table) == 4


def test_markdown_cells_stay_in_their_cell():
    import pandas as pd

    text = to_markdown(pd.DataFrame({"a": ["one | two\nthree"], "b": [1]}))
    assert text.splitlines() == ["| a | b |", "| --- | --- |", "| one \\| two three | 1 |"]


def test_json_of_what_is_not_a_number():
    import numpy as np

    content = {"a": np.float64("nan"), "b": (np.int16(3), float("inf")), 4: [True, None, "x"]}
    assert json.loads(to_json(content)) == {"a": None, "b": [3, None], "4": [True, None, "x"]}


def test_text_of_check_shows_what_was_not_expected(run, tmp_path):
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "x"\nprinted = "58%"\nstatistic = "share"\nmeasure = "persons_employed"\n'
        'size = "SME"\ngeo = "EU27_2020"\nyear = 2023\n', encoding="utf-8",
    )  # fmt: skip
    code, out, _ = run(f"check {claims}")
    assert code == 1 and "refuted     58%  (x)   EXPECTED HOLDS" in out
    assert json.loads(run(f"check {claims} --format json")[1])[0]["as_expected"] is False


def test_text_of_reconcile_says_how_much_of_the_claim_changes(run):
    _, out, _ = run(f"reconcile {shlex.quote(PRESS)} --id employment-share --most 2")
    assert "1. share of SMEs (0-249) in value added" in out.replace("\n     ", " ")
    assert "changed: measure, geo, year; distance" in out
    plain = " ".join(out.split())
    assert "true in 2005" in plain and "holds in no year at hand (2005, 2012, 2019, 2021" in plain
    assert re.search(r"nearest number of the same statistic, .*Sweden 2023: 57.16 %", plain)
    assert re.search(r"unspecific: \d+ of \d+ plausible definitions \(0\.\d%\)", plain)
    jobs = " ".join(run(f"reconcile {shlex.quote(PRESS)} --id jobs --most 2")[1].split())
    assert "held in EU27_2007 2005 (67.09 %" in jobs and "(refuted in 2019, 2021, 2023" in jobs
    _, out, _ = run("reconcile --printed 187% --most 2")
    assert "no definition of the tables at hand" in out


# -- the printed number as an argument


def test_reconcile_takes_a_number_instead_of_a_file(run):
    line = "reconcile --printed 7.1% --measure enterprises --geo EU28 --year 2012 --most 1"
    record = json.loads(run(f"{line} --format json")[1])[0]
    assert (record["size"], record["changed"], record["year"]) == ("10-249", ["size"], 2012)


# -- options of get


def test_options_and_comparisons(run):
    line = "get survival-curve --geo EU27_2020 -o cohort=2015 --format json"
    assert [r["age"] for r in json.loads(run(line)[1])] == ["Y0", "Y3", "Y5"]
    line = "get size-share --measure persons_employed --year 2023 --then rank --format json"
    ranks = json.loads(run(line)[1])
    assert ranks[0]["best"] == 1 and "EU27_2020" not in {r["geo"] for r in ranks}
    line = "get size-share --measure enterprises --year 2023 --then distance -o reference=EU27_2020"
    code, _, err = run(line)
    assert code == 2 and "vintage 2026-11 and EU27_2020 of 2026-03-10" in err
    gaps = json.loads(run(f"{line} -o across_vintages=name --format json")[1])
    assert {(r["unit"], r["vintage"]) for r in gaps} == {("PP", "2026-11|2026-03-10")}
    assert (
        "Enterprises" not in run("get average-size --measure enterprises --geo DE --format csv")[1]
    )


def test_years_as_a_range(run):
    years = {r["year"] for r in json.loads(
        run("get size-share --geo DE --year 2021-2023 --format json")[1])}  # fmt: skip
    assert years == {2021, 2022, 2023}


# -- where cells come from


@pytest.mark.parametrize("line", ["--offline show bd_hg", "show bd_hg --offline",
                                  "get size-share --dataset bd_hg --offline"])  # fmt: skip
def test_offline_asks_nobody_and_is_over_with_the_command(run, monkeypatch, line):
    monkeypatch.setenv("SME_STATS_OFFLINE", "0")
    code, out, err = run(line)
    assert (code, out) == (3, "") and "SME_STATS_OFFLINE is set" in err
    assert os.environ["SME_STATS_OFFLINE"] == "0"
    monkeypatch.delenv("SME_STATS_OFFLINE")
    assert run("--offline datasets")[0] == 0
    assert "SME_STATS_OFFLINE" not in os.environ


def test_a_vintage_is_pinned_on_the_command_line(run):
    from sme_stats.sources.formats import parse
    from sme_stats.sources.store import Store

    head = b"freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t2023 \n"
    for day, large in (("01", b"1"), ("02", b"2")):
        text = head + b"A,ENT_NR,B-S_X_O_S94,TOTAL,DE\t4 \nA,ENT_NR,B-S_X_O_S94,GE250,DE\t%s \n"
        about = {"dataset": "sbs_sc_ovw", "vintage": f"2026-01-{day}"}
        Store().write(parse(text % large), about)
    line = "get size-share --size 250+ --measure enterprises --format json"
    for options, share, vintage in (
        ("", 50.0, "2026-01-02"),
        ("--vintage 2026-01-01", 25.0, "2026-01-01"),
        ("--source store --vintage 2026-01-01", 25.0, "2026-01-01"),
    ):
        (row,) = json.loads(run(f"{line} {options}")[1])
        assert (row["value"], row["vintage"]) == (share, vintage)
    shown = json.loads(run("show sbs_sc_ovw --vintage 2026-01-01 --format json")[1])
    assert (shown["cells"], shown["vintage"]) == (2, "2026-01-01")


READING = ("get", "audit", "show", "datasets", "plot", "check", "reconcile", "report", "render")


@pytest.mark.parametrize("command", READING)
def test_what_reads_cells_takes_source_and_offline(run, command):
    out = run(f"{command} --help")[1]
    assert "--source [auto|snapshot|store|live]" in out
    assert "--offline" in out


# -- ends


def test_an_interruption_is_no_traceback(run, monkeypatch):
    def interrupted(*args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("sme_stats.loading.datasets", interrupted)
    code, out, err = run("datasets")
    assert (code, out, err.strip()) == (130, "", "error: interrupted")


def test_a_reader_who_has_enough_is_no_error():
    line = f"{shlex.quote(sys.executable)} -m sme_stats get size-share --format csv | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.stderr == "" and done.stdout.startswith("dataset,")


def test_progress_is_silent_where_nobody_looks(capsys, monkeypatch):
    with steps("work") as progress:
        progress("step", 1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with steps("work") as progress:
        progress("step", 1, 2)
    assert capsys.readouterr().out == ""


def test_every_indicator_and_comparison_says_its_unit_and_table():
    from sme_stats.catalogue import entries
    from sme_stats.codelists import table

    for name, indicator in {**INDICATORS, **COMPARISONS}.items():
        assert indicator.summary.endswith("."), name
        assert not indicator.dataset or indicator.dataset in entries()
        assert not indicator.unit or indicator.unit in table("UNIT")


def test_compute_takes_underscores():
    from sme_stats import load

    cells = load("sbs_sc_ovw", geo="DE", year=2023)
    out = compute("size_share", cells, size="SME", measure="enterprises")
    assert out["geo"].tolist() == ["DE"]


def test_report_says_where_it_wrote(run, monkeypatch, tmp_path):
    asked = []

    def written(out, claims, progress):
        progress("charts", 1, 2)
        asked.append((str(out), [str(c) for c in claims]))
        return tmp_path / "page.html"

    monkeypatch.setattr("sme_stats.report.page.write_report", written)
    code, out, err = run(f"report --out {tmp_path}/page.html --claims {shlex.quote(PRESS)}")
    assert (code, out, err) == (0, f"written: {tmp_path / 'page.html'}\n", "")
    assert asked == [(f"{tmp_path}/page.html", [PRESS])]
    _, out, _ = run(f"report --out {tmp_path}/page.html --format json")
    assert json.loads(out) == {"written": str(tmp_path / "page.html")}
    assert run("report --source live")[0] == 3


def test_a_group_knows_its_commands_without_loading_them():
    import click

    from sme_stats.cli import group

    context = click.Context(group)
    assert group.list_commands(context) == list(COMMANDS)
    assert group.get_command(context, "chekc") is None
