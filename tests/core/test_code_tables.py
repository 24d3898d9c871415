"""Every row of the codelists and of the catalogue is visited."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest

import sme_stats.codelists as lists
from sme_stats import catalogue
from sme_stats.codelists import (
    aggregates,
    geo_code,
    indicators,
    label,
    members,
    size_code,
    size_range,
    table,
)
from sme_stats.errors import UnknownNameError

FOLDER = Path(lists.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))


def rows(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_unique_and_every_row_is_whole(name):
    found = rows(name)
    key = ("family", "code") if name == "INDICATOR" else (next(iter(found[0])),)
    codes = [tuple(row[k] for k in key) for row in found]
    assert len(set(codes)) == len(codes)
    for row in found:
        assert None not in row and None not in row.values(), "a row has too many or few columns"
        assert all(row[k] for k in key)
        assert all(text == text.strip() for text in row.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_its_labels(name):
    found = rows(name)
    columns = [c for c in found[0] if c.startswith("label")]
    assert "label" in columns
    if name in ("GEO", "SIZE", "NACE"):
        assert columns == ["label", "label_fr", "label_de"]
    for row in found:
        assert all(row[c] for c in columns), row
        if name != "INDICATOR":
            code = next(iter(row.values()))
            assert label(name, code) == row["label"]
            assert label(name, code, "de") == (row.get("label_de") or row["label"])


@pytest.mark.parametrize("code", list(table("SIZE")))
def test_the_limits_of_a_size_are_those_of_its_code(code):
    row, span = table("SIZE")[code], size_range(code)
    assert (span.lower, "" if span.upper is None else str(span.upper)) == (
        int(row["lower"]), row["upper"],
    )  # fmt: skip
    assert row["basis"] in ("any", "persons_employed", "employees")
    assert size_code(code) == code


def gapless(codes):
    spans = sorted(size_range(code) for code in codes)
    assert all(b.lower == a.upper + 1 for a, b in pairwise(spans))
    return spans[0].lower, spans[-1].upper


def test_partitions_have_no_gap_and_no_overlap():
    groups = {}
    for code, row in table("SIZE").items():
        if row["partition"]:
            groups.setdefault(row["partition"], []).append(code)
    assert set(groups) == {"SBS", "BD", "SBS:0-9", "SBS:GE250"}
    for name, codes in groups.items():
        _, _, whole = name.partition(":")
        span = size_range(whole or "TOTAL")
        assert gapless(codes) == (span.lower, span.upper)


@pytest.mark.parametrize("code", list(catalogue.entries()))
def test_every_dataflow_is_described(code):
    flow = catalogue.find(code.upper())
    assert flow.code == code and flow.title and flow.caveat
    assert flow.dimensions or flow.caveat.endswith("word is ours.")
    assert flow.years[0] <= flow.years[1]
    assert flow.size_basis in ("", "persons_employed", "employees")
    assert not flow.population or flow.population in table("NACE")
    assert not flow.successor_of or flow.successor_of in catalogue.entries()
    for broke in flow.breaks:
        assert broke.geo == "*" or broke.geo in table("GEO")
        assert flow.years[0] <= broke.year <= flow.years[1] and broke.why
    assert set(flow.size_partition) <= set(table("SIZE"))
    if flow.size_partition:
        lower, upper = gapless(flow.size_partition)
        assert (lower, upper) == (1 if flow.family == "employer" else 0, None)


@pytest.mark.parametrize("family", sorted({row["family"] for row in rows("INDICATOR")}))
def test_every_indicator_means_a_known_measure_in_a_known_unit(family):
    known = indicators(family)
    assert known
    for row in known.values():
        assert row["measure"] in table("MEASURE")
        assert row["unit"] == "" or row["unit"] in table("UNIT")


def test_every_measure_says_whether_it_adds_up():
    for row in table("MEASURE").values():
        assert row["additive"] in ("yes", "no")
        assert row["unit"] == "" or row["unit"] in table("UNIT")
        if row["unit"] == "PC":
            assert row["additive"] == "no"


def test_old_and_new_codes_mean_the_same_measure():
    old_and_new = {
        "V11110": "ENT_NR", "V16110": "EMP_NR", "V16130": "SAL_NR", "V12110": "NETTUR_MEUR",
        "V12150": "AV_MEUR",
    }  # fmt: skip
    sbs, bd = indicators("sbs"), indicators("bd")
    for old, new in old_and_new.items():
        assert sbs[old]["measure"] == sbs[new]["measure"]
    for old, new in {"V11910": "ENT_NR", "V11920": "ENT_BRTH_NR", "V11930": "ENT_DTH_NR",
                     "V97020": "ENT_BRTHR_PC", "V97030": "ENT_DTHR_PC"}.items():  # fmt: skip
        assert bd[old]["measure"] == bd[new]["measure"]
    assert catalogue.find("sbs_sc_ovw").measure_of("ENT_NR") == ("enterprises", "NR")
    assert catalogue.find("bd_size").measure_of("ENT_NR") == ("active_enterprises", "NR")
    assert catalogue.find("bd_size").measure_of("NOTHING") == ("", "")
    assert "ENT_BRTH_NR" in catalogue.find("bd_size").indicators()


def test_groups_of_countries():
    counts = {"EU27_2020": 27, "EU28": 28, "EU27_2007": 27, "EA20": 20, "EA19": 19}
    assert set(aggregates()) == set(counts)
    assert {code: len(members(code)) for code in counts} == counts
    assert set(members("EU28")) - set(members("EU27_2020")) == {"UK"}
    assert set(members("EU28")) - set(members("EU27_2007")) == {"HR"}
    assert set(members("EA20")) - set(members("EA19")) == {"HR"}
    for row in table("GEO").values():
        assert row["kind"] in ("country", "aggregate")
        assert set(filter(None, row["groups"].split(";"))) <= {*counts, "EFTA"}
    with pytest.raises(UnknownNameError, match=r"unknown aggregate: 'EU15'.*EU28"):
        members("EU15")


def test_parts_of_activities_are_activities():
    for code, row in table("NACE").items():
        parts = list(filter(None, row["parts"].split(";")))
        assert set(parts) <= set(table("NACE")) - {code}
        assert len(set(parts)) == len(parts)
    assert "K" not in table("NACE")["B-N_S95_X_K"]["parts"].split(";")
    assert "K" in table("NACE")["B-S_X_O_S94"]["parts"].split(";")


@pytest.mark.parametrize(
    ("name", "code"),
    [("SME", "0-249"), ("micro", "0-9"), ("small", "10-49"), ("medium", "50-249"),
     ("large", "GE250"), ("250+", "GE250"), ("total", "TOTAL"), ("zero-employees", "0"),
     ("one-person", "0_1"), ("0-49", "0-49"), ("10-249", "10-249"), ("1-249", "1-249")],
)  # fmt: skip
def test_names_of_sizes(name, code):
    assert size_code(name) == code


@pytest.mark.parametrize(
    "name", ["SMB", "", "-", "0-", "GE", "+", "249-", "249-10", "two", "²+", "²-9", "GE²"]
)
def test_a_size_that_does_not_exist(name):
    assert size_range(name) is None
    with pytest.raises(UnknownNameError, match="unknown size"):
        size_code(name)


def test_names_of_places():
    assert geo_code("greece") == "EL" and geo_code("UK") == "UK"
    for alias, code in {"GR": "EL", "GB": "UK", "EU27": "EU27_2020"}.items():
        with pytest.raises(UnknownNameError, match=f"Eurostat writes {code}"):
            geo_code(alias)
    with pytest.raises(UnknownNameError, match="unknown geo: 'Germny'"):
        geo_code("Germny")


def test_a_dataset_that_does_not_exist_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean sbs_sc_ovw"):
        catalogue.find("sbs_sc_ovv")
