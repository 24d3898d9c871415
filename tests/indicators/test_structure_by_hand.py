"""Density, one-person firms, mid-caps, average size: every column, every refusal in full."""

import numpy as np
import pandas as pd
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators import structure
from sme_stats.indicators.ratios import average_size, ratio, with_last_digit
from sme_stats.indicators.structure import one_person, small_mid_caps, sme_density

nan = np.nan
FIRMS = {"measure": "enterprises", "indic": "ENT_NR"}


def inhabitants(cells, value, half=None, **more):
    frame = cells({"TOTAL": value}, measure="population", indic="JAN", half=half, **more)
    return frame.drop(columns=["size", "nace"])


# -- density


def test_density_keeps_every_column(cells):
    firms = concat([
        cells({"0-249": (80, "p"), "TOTAL": 81}, half=4, **FIRMS),
        cells({"0-249": 60, "TOTAL": 81}, geo="AT", half=4, **FIRMS),
        cells({"0-249": 50, "TOTAL": 81}, geo="BE", half=4, **FIRMS),
        cells({"0-249": 90, "TOTAL": 91}, year=2022, half=4, **FIRMS),
        cells({"0-249": 900, "TOTAL": 910}, half=4),
    ])  # fmt: skip
    people = concat([
        inhabitants(cells, (2000, "e"), 100), inhabitants(cells, 4000, 0, geo="AT"),
        inhabitants(cells, 1000, 0, geo="FR"), inhabitants(cells, 0, 0, geo="BE"),
    ])  # fmt: skip
    same(sme_density(firms, people), indic="ENT_NR", size="0-249", geo=["DE", "AT", "BE"],
         measure="sme_density", unit="PER_1000", value=[40, 15, nan],
         lower=[1000 * 76 / 2100, 14, nan], upper=[1000 * 84 / 1900, 16, nan],
         flag=["ep", "", ""])  # fmt: skip
    total = sme_density(firms, people, size="total")
    assert total["value"].tolist() == pytest.approx([40.5, 20.25, nan], nan_ok=True)


def test_density_of_withheld_firms_and_of_hardly_anybody(cells):
    firms = cells({"0-9": 6, "10-249": None, "GE250": None, "TOTAL": 10}, **FIRMS)
    out = sme_density(firms, inhabitants(cells, 0.5))
    assert out[["lower", "upper", "conf"]].values.tolist() == [[12_000, 20_000, "C"]]
    assert sme_density(firms, inhabitants(cells, 0.5), "0-9")["value"].tolist() == [12_000]


def test_the_total_of_age_and_sex_counts_inhabitants(cells):
    firms = cells({"0-249": 8, "TOTAL": 8}, **FIRMS)
    parts = concat([inhabitants(cells, v).assign(age=a, sex=s) for v, a, s in (
        (1000, "TOTAL", "T"), (400, "TOTAL", "F"), (300, "Y5", "T"))])  # fmt: skip
    assert sme_density(firms, parts)["value"].tolist() == [8]
    assert sme_density(firms, parts.iloc[:2].drop(columns="age"))["value"].tolist() == [8]
    assert sme_density(firms, parts.iloc[[0, 2]].drop(columns="sex"))["value"].tolist() == [8]
    assert refusal(sme_density, firms, parts.drop(columns="sex")) == (
        "IncoherentError: geo=DE year=2023 has several counts of inhabitants; keep one vintage, "
        "age TOTAL and sex T"
    )


def test_density_that_is_refused(cells):
    firms, people = cells({"0-249": 8, "TOTAL": 8}, **FIRMS), inhabitants(cells, 1000)
    both = concat([people, cells({"TOTAL": 1}).drop(columns=["size", "nace"])])
    assert refusal(sme_density, firms, both) == (
        "MixingError: the second frame holds persons_employed, population; a density needs "
        "inhabitants: cells of demo_pjan"
    )
    assert refusal(sme_density, firms, people.assign(year=2020)) == (
        "NotAvailableError: no place and year is in both the enterprises and the population"
    )
    for column in ("measure", "geo", "year", "value", "flag"):
        assert refusal(sme_density, firms, people.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )
    assert refusal(sme_density, cells({"TOTAL": 8}), people).startswith(
        "UnknownNameError: unknown measure in the frame: 'enterprises'"
    )


def test_inhabitants_are_loaded_for_the_places_and_years_of_the_firms(cells, monkeypatch):
    asked = []

    def load(dataset, **options):
        asked.append((dataset, options))
        return inhabitants(cells, 1000)

    monkeypatch.setattr(structure, "load", load)
    firms = concat([cells({"0-249": 8, "TOTAL": 8}, geo=g, year=y, **FIRMS)
                    for g, y in (("FR", 2022), ("DE", 2023), ("DE", 2022))])  # fmt: skip
    assert sme_density(firms)["value"].tolist() == [8]
    wanted = {"geo": ["DE", "FR"], "year": [2022, 2023], "age": "TOTAL", "sex": "T"}
    assert asked == [("demo_pjan", wanted)]


# -- one person, mid-caps


def test_one_person_firms_keep_every_column(cells):
    bd = cells({"0": (60, "p"), "GE1": 40, "TOTAL": 100}, measure="active_enterprises")
    common = {"indic": "EMP_NR", "measure": "active_enterprises_share", "unit": "PC"}
    same(one_person(bd), **common, size="0", exact=60, flag="p")
    assert len(one_person(concat([bd, bd.assign(measure="employees")]))) == 1
    sbs = cells({"0_1": 55, "GE2": 45, "TOTAL": 100}, **FIRMS)
    same(one_person(concat([sbs, bd]), "0-1 persons employed"), indic="ENT_NR", unit="PC",
         measure="enterprises_share", size="0_1", exact=55)  # fmt: skip
    form = cells({"a": (99, "e"), "b": (100, "u"), "c": 1}, measure="active_enterprises", half=2)
    form = form.drop(columns="size").assign(leg_form=["ENT_SOLE", "TOTAL", "LL"])
    others = form.assign(measure="births")
    same(one_person(concat([form, others]), "sole proprietor"), **common | {"indic": ""},
         leg_form="ENT_SOLE", value=99, lower=100 * 97 / 102, upper=100, flag="eu")  # fmt: skip
    assert refusal(one_person, form[form["leg_form"] != "ENT_SOLE"], "sole proprietor") == (
        "UnknownNameError: unknown leg_form in the frame: 'ENT_SOLE'; valid: LL, TOTAL"
    )
    above = form.assign(value=[101.0, 100, 1], lower=[99, 98, 0], upper=[103.0, 102, 2])
    assert one_person(above, "sole proprietor")["value"].tolist() == [100]


def test_one_person_firms_that_a_table_does_not_have(cells):
    bd = cells({"0": 60, "TOTAL": 100}, measure="active_enterprises", dataset="bd_size")
    sbs = cells({"0_1": 60, "TOTAL": 100}, dataset="sbs_sc_ovw", **FIRMS)
    tail = "does not have {!r}; {}"
    assert refusal(one_person, sbs) == "NotAvailableError: sbs_sc_ovw " + tail.format(
        "no employees", "bd_size, bd_9bd_sz_cl_r2 does"
    )
    both = concat([bd.assign(size="5-9"), sbs.iloc[:1]])
    assert refusal(one_person, both) == "NotAvailableError: bd_size, sbs_sc_ovw " + tail.format(
        "no employees", "bd_size, bd_9bd_sz_cl_r2 does"
    )
    assert refusal(one_person, both.iloc[:2], "sole proprietor") == (
        "NotAvailableError: bd_size " + tail.format("sole proprietor",
                                                    "bd_l_form, bd_9ac_l_form_r2 do")
    )  # fmt: skip
    assert refusal(one_person, both, "sole proprietor").startswith(
        "NotAvailableError: bd_size, sbs_sc_ovw does"
    )
    assert refusal(one_person, bd, "freelancer") == (
        "UnknownNameError: unknown meaning of a one-person firm: 'freelancer'; valid: "
        "0-1 persons employed, no employees, sole proprietor"
    )
    for column in ("dataset", "measure"):
        assert refusal(one_person, bd.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


def test_mid_caps_keep_every_column(cells):
    frame = concat([
        cells({"0-249": 900, "250-499": 60, "500-749": 10, "GE750": 30, "TOTAL": 1000}, **m)
        for m in (FIRMS, {})
    ])  # fmt: skip
    same(small_mid_caps(frame), indic=["ENT_NR", "EMP_NR"], size="250-749", unit="PC", exact=7,
         measure=["enterprises_share", "persons_employed_share"])  # fmt: skip
    assert small_mid_caps(frame, "enterprises")["measure"].tolist() == ["enterprises_share"]
    for sizes in (["0-249", "GE250"], ["0-249", "GE250", "TOTAL"], ["10-249", "TOTAL"]):
        less = cells(dict.fromkeys(sizes, 5), dataset="sbs_sc_ovw")
        less = concat([less, less.assign(dataset="bd_size")])
        assert refusal(small_mid_caps, less) == (
            "NotAvailableError: bd_size, sbs_sc_ovw has no class between 250 and 749 persons "
            "employed; sbs_ovw_smc does"
        )
    for column in ("dataset", "size"):
        assert refusal(small_mid_caps, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


# -- ratios


def counts(cells, firms, persons, **more):
    return concat([cells(firms, **FIRMS, **more), cells(persons, **more)])


def test_average_size_keeps_every_column(cells):
    frame = concat([
        counts(cells, {"0-9": (10, "p"), "TOTAL": 12}, {"0-9": (40, "e"), "TOTAL": 600}, half=2),
        cells({"TOTAL": 100}, measure="turnover", unit="MEUR", half=2),
    ])  # fmt: skip
    common = {"indic": "", "measure": "average_size", "unit": "PERS_PER_ENT"}
    same(average_size(frame), **common, size=["0-9", "TOTAL"], value=[4, 50],
         lower=[38 / 12, 598 / 14], upper=[42 / 8, 602 / 10], flag=["ep", ""])  # fmt: skip
    exact = counts(cells, {"0-9": 10, "GE10": 5, "TOTAL": 15}, {"0-9": 40, "GE10": None,
                   "TOTAL": None})  # fmt: skip
    # Ten persons at least in each enterprise of the larger class.
    same(average_size(exact), **common, size=["0-9", "GE10", "TOTAL"], value=[4, nan, nan],
         lower=[4, 10, 90 / 15], upper=[4, np.inf, np.inf], conf=["", "C", "C"],
         ends=["", "sharp", "sharp"])  # fmt: skip
    same(average_size(exact, "micro"), **common, size="0-9", exact=4)
    active = counts(cells, {"TOTAL": 10}, {"TOTAL": 40}).assign(
        measure=["active_enterprises", "persons_employed"]
    )
    assert average_size(active)["value"].tolist() == [4]
    assert refusal(average_size, frame[frame["measure"] == "turnover"]) == (
        "UnknownNameError: unknown measure in the frame: 'enterprises'; valid: turnover"
    )


def test_ratios_that_are_refused(cells):
    frame = counts(cells, {"TOTAL": 10}, {"TOTAL": 40})
    parts = frame.iloc[:1], frame.iloc[1:]

    def divided(frame):
        return ratio(frame, "persons_employed", ["enterprises", "legal_units"], "m", "RATIO")

    apart = {"vintage": "2020", "dataset": "other", "nace": "F"}
    for column, other in apart.items():
        moved = concat([parts[0], parts[1].assign(**{column: other})])
        where = {k: v for k, v in {"dataset": "synthetic", "vintage": "2026-01-01", "nace": "C",
                                   "size": "TOTAL", "geo": "DE", "year": 2023}.items()
                 if k != column}  # fmt: skip
        assert refusal(divided, moved) == (
            "MixingError: persons_employed and enterprises of "
            + " ".join(f"{k}={v}" for k, v in where.items())
            + f" are of different {column}s ({other} and {frame[column].iloc[0]}); a ratio of the "
            "two would be neither's, so load both from one"
        )
    assert refusal(divided, concat([parts[0], parts[1].assign(geo="FR")])) == (
        "NotAvailableError: no cell has both persons_employed and enterprises"
    )
    units = concat([frame, parts[1].assign(unit="THS", geo="FR")])
    assert refusal(divided, units) == (
        "MixingError: persons_employed stands in NR, THS; figures of several units give no ratio, "
        "so select one table"
    )
    assert refusal(divided, parts[0]).startswith(
        "UnknownNameError: unknown measure in the frame: 'persons_employed'"
    )
    assert refusal(divided, parts[1]).startswith(
        "UnknownNameError: unknown measure in the frame: 'enterprises'"
    )
    assert refusal(divided, concat([frame, parts[0]])).startswith("IncoherentError: duplicate")
    for column in ("measure", "unit", "geo", "year", "value"):
        assert refusal(divided, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


def test_a_ratio_in_thousands_over_nothing_and_of_what_is_missing(cells):
    frame = concat([
        cells({"TOTAL": 3, "0-9": 5, "GE10": nan}, unit="THS"), cells({"TOTAL": 0.5, "0-9": 0,
        "GE10": 4}, **FIRMS),
    ])  # fmt: skip
    same(ratio(frame, "persons_employed", "enterprises", "m", "PC", 100.0), indic="", unit="PC",
         measure="m", size=["TOTAL", "0-9"], exact=[600_000, nan])  # fmt: skip
    blank = frame.assign(unit=["", "", "", "NR", "NR", "NR"])
    assert ratio(blank, "persons_employed", "enterprises", "m", "PC")["value"].iloc[0] == 6
    hidden = counts(cells, {"0-9": 0, "GE10": 1}, {"0-9": None, "GE10": None})
    out = ratio(hidden.assign(lower=[0, 1, 0, 10], upper=[0, 1, 9, 99]), "persons_employed",
                "enterprises", "m", "PC")  # fmt: skip
    assert out[["lower", "upper", "conf"]].iloc[1].tolist() == [10, 99, "C"]
    assert out["conf"].iloc[0] == "", "nobody, and no secret"


def test_last_digits():
    def reach(*values, **more):
        out = with_last_digit(pd.DataFrame({"value": values, **more}))
        return [*out["lower"], *out["upper"]]

    assert reach(8, 9) == [7.5, 8.5, 8.5, 9.5]
    assert reach(8.4, nan) == pytest.approx([8.35, nan, 8.45, nan], nan_ok=True)
    assert reach(8.43, 9) == pytest.approx([8.425, 8.995, 8.435, 9.005])
    assert reach(8.0 + 1e-10) == pytest.approx([7.5, 8.5])
    assert reach(8.001) == pytest.approx([7.996, 8.006])
    assert reach(1e9 + 0.4) == pytest.approx([1e9 + 0.35, 1e9 + 0.45], rel=1e-12)
    assert reach(8, 9, lower=[6, 9], upper=[9, 9]) == [6, 8.5, 9, 9.5]
