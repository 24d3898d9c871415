"""The script that makes the snapshot: what it writes, and what it refuses."""

import csv
import hashlib
import importlib.util
import tomllib
from pathlib import Path

import pytest

from sme_stats.errors import IncoherentError
from sme_stats.sources import snapshot

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_snapshot.py"
COLUMNS = ("dataset", "indicator", "nace_r2", "size", "age", "geo", "year", "value", "flag", "conf",
           "source")  # fmt: skip


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_snapshot", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def about():
    text = SCRIPT.with_name("snapshot_sources.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def row(dataset, indicator, size, value, **more):
    nace = {"sbs_sc_sca_r2": "B-N_S95_X_K", "bd_9bd_sz_cl_r2": "B-N_X_K642"}
    plain = {
        "dataset": dataset, "indicator": indicator, "nace_r2": nace.get(dataset, "B-S_X_O_S94"),
        "size": size, "age": "", "geo": "DE", "year": "2023", "value": value, "flag": "",
        "conf": "", "source": "copy",
    }  # fmt: skip
    return plain | more


@pytest.fixture
def tables(about):
    """Small sources, one a dataflow, and figures of one release."""
    release = about["release"]["final-2023"]["source"]
    return {
        "sbs_sc_ovw": [
            row("sbs_sc_ovw", "ENT_NR", "TOTAL", "100"),
            row("sbs_sc_ovw", "ENT_NR", "0-9", "90", flag="e"),
            row("sbs_sc_ovw", "EMP_NR", "GE250", "", conf="C"),
            row("sbs_sc_ovw", "ENT_NR", "TOTAL", "7", geo="EU27_2020",
                source="note, table last updated 2026-03-10"),
        ],
        "sbs_sc_sca_r2": [row("sbs_sc_sca_r2", "V11110", "TOTAL", "5", year="2020")],
        "bd_size": [
            row("bd_size", "ENT_NR", "0", "60"),
            row("bd_size", "ENT_SRVLR_BRTH_PC", "TOTAL", "81.04", age="Y1"),
        ],
        "bd_9bd_sz_cl_r2": [row("bd_9bd_sz_cl_r2", "V11920", "TOTAL", "3", year="2019")],
        "releases": [
            row("sbs_sc_ovw", "EMP_NR", "TOTAL", "162200000", source=release, geo="EU27_2020"),
            row("sbs_sc_ovw", "EMP_NR:SHARE_PC", "GE250", "37", source=release, geo="EU27_2020"),
            row("sbs_sc_ovw", "EMP_NR:SHARE_PC", "0-49", "48.0", source=release, geo="EU27_2020"),
        ],
    }  # fmt: skip


@pytest.fixture
def build(script, tables, tmp_path, capsys):
    """Write the sources and run the script as its command line does."""

    def run(columns=COLUMNS):
        source, out = tmp_path / "source", tmp_path / "out"
        source.mkdir(exist_ok=True)
        for name, found in tables.items():
            with (source / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(found)
        code = script.main([str(source), "--out", str(out)])
        return code, out, capsys.readouterr().err

    return run


def refused(build, pattern):
    code, out, error = build()
    assert code == 2
    assert error.count("\n") == 1 and error.startswith("error: ")
    assert pattern in error
    assert not out.exists(), "nothing is written half"


def test_what_is_built_is_read_by_the_parser_of_live_answers(build):
    code, out, error = build()
    assert (code, error) == (0, "")
    parts = snapshot.manifest(out)
    assert set(parts) == {"sbs_sc_ovw", "sbs_sc_sca_r2", "bd_size", "bd_9bd_sz_cl_r2", "releases"}
    cells = snapshot.read_part("sbs_sc_ovw", out)
    assert len(cells) == parts["sbs_sc_ovw"].rows == 4
    found = {(c["geo"], c["indic"], c["size"]): c for _, c in cells.iterrows()}
    assert found["DE", "ENT_NR", "TOTAL"]["value"] == 100
    assert found["DE", "ENT_NR", "0-9"]["flag"] == "e"
    withheld = found["DE", "EMP_NR", "GE250"]
    assert withheld["conf"] == "C" and withheld["value"] != withheld["value"]
    ages = snapshot.read_part("bd_size", out)
    assert dict(zip(ages["indic"], ages["age"], strict=True))["ENT_SRVLR_BRTH_PC"] == "Y1"


def test_last_update_stands_only_where_the_source_states_it(build):
    _, out, _ = build()
    with (out / "sbs_sc_ovw.csv").open(encoding="utf-8", newline="") as file:
        updates = {(r["geo"], r["LAST UPDATE"]) for r in csv.DictReader(file)}
    assert updates == {("DE", ""), ("EU27_2020", "10/03/26 11:00:00")}


def test_rounded_figures_carry_their_last_digit(build):
    _, out, _ = build()
    frame = snapshot.read_part("releases", out)
    own = frame[frame["source"] == "final-2023"]
    ends = {(r["measure"], r["size"]): (r["lower"], r["upper"]) for _, r in own.iterrows()}
    assert ends["persons_employed", "TOTAL"] == (162150000, 162250000)
    # One release prints all its shares to the same digit: 48.0 makes 37 mean 37.0.
    assert ends["persons_employed_share", "GE250"] == pytest.approx((36.95, 37.05))
    assert ends["persons_employed_share", "0-49"] == pytest.approx((47.95, 48.05))


def test_building_twice_gives_the_same_bytes_whatever_the_order(build, tables):
    _, out, _ = build()
    first = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}
    for found in tables.values():
        found.reverse()
    build()
    assert first == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in out.iterdir()}


def test_a_duplicate_cell_is_refused(build, tables):
    tables["bd_size"].append(dict(tables["bd_size"][0]))
    refused(build, "bd_size.csv line 4: the cell A.TOTAL.0.ENT_NR.B-S_X_O_S94.DE.2023 stands twice")


def test_a_conflicting_cell_is_refused(build, tables):
    tables["bd_size"].append(tables["bd_size"][0] | {"value": "61"})
    refused(build, "bd_size.csv line 4: the cell A.TOTAL.0.ENT_NR.B-S_X_O_S94.DE.2023 conflicts")


@pytest.mark.parametrize(("value", "kind"), [("162200000", "stands twice"), ("1622", "conflicts")])
def test_a_figure_that_stands_twice_in_a_release_is_refused(build, tables, value, kind):
    tables["releases"].append(tables["releases"][0] | {"value": value})
    refused(build, kind)


def test_a_cell_that_says_nothing_is_refused(build, tables):
    tables["sbs_sc_sca_r2"][0]["value"] = ""
    refused(build, "sbs_sc_sca_r2.csv line 2: the cell A.V11110.TOTAL.B-N_S95_X_K.DE.2020 says")


def test_a_row_of_another_table_is_refused(build, tables):
    tables["bd_size"][1]["dataset"] = "sbs_sc_ovw"
    refused(build, "bd_size.csv line 3 belongs to sbs_sc_ovw, not bd_size")


def test_a_release_that_nothing_describes_is_refused(build, tables):
    tables["releases"][0]["source"] = "hearsay"
    refused(build, "no release is described for the source 'hearsay'")


def test_a_variable_without_measure_is_refused(build, tables):
    tables["releases"][0]["indicator"] = "V99999"
    refused(build, "no measure and unit are given for the variable 'V99999'")


def test_a_missing_column_is_refused(build):
    code, out, error = build(tuple(c for c in COLUMNS if c not in ("flag", "conf")))
    assert code == 2 and not out.exists()
    assert error == "error: sbs_sc_ovw.csv lacks the column flag, conf\n"


def test_a_missing_file_is_refused(build, tables):
    del tables["bd_9bd_sz_cl_r2"]
    code, out, error = build()
    assert code == 2 and not out.exists()
    assert error.count("\n") == 1 and "bd_9bd_sz_cl_r2.csv" in error


@pytest.mark.parametrize(
    ("value", "unit", "printed", "half"),
    [
        ("162200000", "NR", "rounded", "50000"), ("54219", "NR", "rounded", "0"),
        ("25800000", "NR", "rounded", "50000"), ("58", "PC", "rounded", "0.5"),
        ("63.7", "PC", "rounded", "0.05"), ("11.025", "MEUR", "rounded", "0.0005"),
        ("5360000", "MEUR", "rounded", "5000"), ("1250", "NR", "in full", "0"),
        ("1250", "MEUR", "in full", "0.5"), ("1665795", "NR", "to 5", "2.5"),
        ("1665790", "MEUR", "to 5", "0.5"), ("37", "MEUR", "rounded", "0.5"),
    ],
)  # fmt: skip
def test_half_of_the_last_printed_digit(script, value, unit, printed, half):
    assert script.half_digit(value, unit, printed) == half


def test_a_negative_count_is_built_but_never_read(build, tables):
    tables["bd_size"][0]["value"] = "-60"
    code, out, _ = build()
    assert code == 0
    with pytest.raises(IncoherentError, match="negative active_enterprises"):
        snapshot.read_part("bd_size", out)
