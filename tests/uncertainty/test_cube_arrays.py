"""Cubes: where every cell stands, what is refused and in which words, and the way back."""

import numpy as np
import pandas as pd
import pytest

from sme_stats.errors import IncoherentError
from sme_stats.frame import concat
from sme_stats.uncertainty.cube import from_bits, make, not_blank, result, to_bits

INF, NAN = np.inf, np.nan


def row(cube, geo):
    return cube.keys["geo"].astype(str).tolist().index(geo)


def test_an_exact_cube_is_its_values(cells):
    cube = make(concat([cells({"0-9": 3, "TOTAL": 8}), cells({"TOTAL": 9}, geo="FR")]))
    assert (cube.codes, cube.exact, cube.flagged) == (["0-9", "TOTAL"], True, False)
    de, fr = row(cube, "DE"), row(cube, "FR")
    assert cube.value[de].tolist() == [3, 8]
    assert np.isnan(cube.value[fr, 0]) and cube.value[fr, 1] == 9
    assert cube.lower is cube.value and cube.upper is cube.value
    assert cube.present[de].tolist() == [True, True] and cube.present[fr].tolist() == [False, True]
    assert not cube.withheld.any() and cube.withheld.shape == cube.bits.shape == (2, 2)
    assert cube.withheld.dtype == bool and cube.bits.dtype == np.uint16 and not cube.bits.any()
    assert cube.group.tolist() == [de, de, fr] and cube.column.tolist() == [0, 1, 1]
    assert not cube.signed.any() and len(cube) == 2
    assert (cube.at("0-9"), cube.at("TOTAL"), cube.at("GE250")) == (0, 1, -1)


def test_a_cube_of_withheld_rounded_and_absent_cells(cells):
    de = cells({"0-9": None, "10-249": (20, "e"), "TOTAL": 100}, half=5)
    fr = cells({"0-9": 7, "TOTAL": None}, geo="FR", half=0)
    fr["conf"] = [""] * 2  # not available at all
    cube = make(concat([de, fr]))
    assert (cube.exact, cube.flagged) == (False, True)
    assert cube.codes == ["0-9", "10-249", "TOTAL"]
    one, two = row(cube, "DE"), row(cube, "FR")
    assert cube.lower[one].tolist() == [0, 15, 95] and cube.upper[one].tolist() == [INF, 25, 105]
    np.testing.assert_equal(cube.lower[two], [7, NAN, NAN])
    np.testing.assert_equal(cube.upper[two], [7, NAN, NAN])
    assert cube.withheld[one].tolist() == [True, False, False] and not cube.withheld[two].any()
    assert cube.present[one].all() and cube.present[two].tolist() == [True, False, False]
    assert from_bits(cube.bits[one]).tolist() == ["", "e", ""] and not cube.bits[two].any()


def test_rounded_cells_have_ends_of_their_own(cells):
    cube = make(cells({"0-9": 20, "TOTAL": 100}, half=5))
    assert not cube.exact and not cube.withheld.any() and cube.present.all()
    assert (cube.lower.tolist(), cube.upper.tolist()) == ([[15, 95]], [[25, 105]])


def test_a_withheld_amount_that_may_be_a_loss_is_open_below(cells):
    frame = concat([
        cells({"TOTAL": None}, measure="value_added", unit="MEUR"),
        cells({"TOTAL": None}, measure="turnover", unit="MEUR"),
    ])  # fmt: skip
    cube = make(frame)
    added = cube.keys["measure"].tolist().index("value_added")
    assert cube.signed.tolist() == [added == 0, added == 1]
    assert cube.lower[added, 0] == -INF and cube.lower[1 - added, 0] == 0
    assert cube.upper.tolist() == [[INF], [INF]]


def test_a_withheld_cell_with_an_interval_of_its_own_keeps_it(cells):
    frame = cells({"TOTAL": None}).assign(lower=3.0, upper=8.0)
    cube = make(frame)
    assert (cube.lower[0, 0], cube.upper[0, 0], cube.withheld[0, 0]) == (3, 8, True)


def test_any_dimension_can_become_the_columns(cells):
    frame = concat([cells({"TOTAL": n}, geo=geo) for n, geo in ((1, "DE"), (2, "FR"))])
    cube = make(frame, "geo")
    assert cube.codes == ["DE", "FR"] and cube.value.tolist() == [[1, 2]]
    assert "geo" not in cube.keys and cube.keys["size"].tolist() == ["TOTAL"]
    assert "value" not in cube.keys and "flag" not in cube.keys


def test_codes_that_no_row_has_are_no_columns(cells):
    frame = cells({"0-9": 1, "10-249": 2, "GE250": 3, "TOTAL": 6})
    some = frame[frame["size"].isin(["10-249", "TOTAL"])]
    cube = make(some)
    assert cube.codes == ["10-249", "TOTAL"] and cube.value.tolist() == [[2, 6]]
    assert cube.column.tolist() == [0, 1]


def test_two_sources_of_a_cell_are_two_groups(cells):
    frame = concat([cells({"TOTAL": n}).assign(source=s) for n, s in ((1, "a"), (2, "b"))])
    cube = make(frame)
    assert cube.keys["source"].tolist() == ["a", "b"] and cube.value.tolist() == [[1], [2]]


def test_a_cell_that_stands_twice_is_refused_by_name(cells):
    frame = concat([cells({"0-9": 1, "TOTAL": 1}), cells({"TOTAL": 2})])
    with pytest.raises(IncoherentError) as refused:
        make(frame)
    assert str(refused.value) == (
        "duplicate cell dataset=synthetic vintage=2026-01-01 indic=EMP_NR measure=persons_employed "
        "unit=NR nace=C size=TOTAL geo=DE year=2023: a sum would count it twice; keep one vintage "
        "and one source"
    )


def test_a_count_below_zero_is_refused_by_name(cells):
    with pytest.raises(IncoherentError) as refused:
        make(cells({"0-9": 0, "TOTAL": -2.5}))
    assert str(refused.value) == (
        "negative persons_employed (-2.5) in dataset=synthetic vintage=2026-01-01 indic=EMP_NR "
        "measure=persons_employed unit=NR nace=C size=TOTAL geo=DE year=2023; a count cannot be "
        "below zero, so check the source"
    )
    assert make(cells({"TOTAL": -2.5}, measure="value_added")).value.tolist() == [[-2.5]]


def test_many_dimensions_of_many_codes_are_numbered_anew():
    # 41 columns of four codes each: more combinations than an integer holds.
    rng = np.random.default_rng(5)
    names = [f"d{n:02}" for n in range(41)]
    columns = {n: pd.Categorical(rng.choice(list("abc"), 60), list("abc")) for n in names}
    frame = pd.DataFrame(columns).assign(measure="enterprises", value=np.arange(60.0), flag="")
    frame = frame.assign(conf="", size="TOTAL")
    frame.loc[30:, names] = frame.loc[:29, names].to_numpy()
    frame.loc[30:, "size"] = "0-9"
    cube = make(frame)
    assert cube.value.shape == (30, 2) and cube.group.tolist() == [*cube.group[:30]] * 2
    values = cube.value[cube.group[:30]]
    assert values.tolist() == [[30.0 + n, float(n)] for n in range(30)]
    keys = cube.keys.iloc[cube.group[:30]][names].to_numpy()
    assert (keys == frame.loc[:29, names].to_numpy()).all()


@pytest.mark.parametrize("kind", ["category", "object", "int64", "int16", "float64"])
def test_groups_by_columns_of_every_kind(cells, kind):
    codes = [2023, 2021, 2023, 2024] if kind != "object" else ["z", "a", "z", None]
    frame = cells({"0-9": 1, "10-249": 2, "GE250": 3, "TOTAL": 4}).assign(other=codes)
    frame["other"] = frame["other"].astype(kind)
    cube = make(frame)
    assert len(cube) == 3 and cube.group[0] == cube.group[2]
    assert len({int(g) for g in cube.group}) == 3
    np.testing.assert_equal(cube.value[cube.group[0]], [1, NAN, 3, NAN])
    np.testing.assert_equal(cube.value[cube.group[1]], [NAN, 2, NAN, NAN])
    np.testing.assert_equal(cube.value[cube.group[3]], [NAN, NAN, NAN, 4])


def test_groups_far_apart_in_a_numeric_column_are_found_by_hashing(cells):
    frame = concat([cells({"TOTAL": n}) for n in (1, 2)]).assign(other=[0, 10**9])
    cube = make(concat([frame, frame.assign(size="0-9", value=[3.0, 4.0])]))
    assert cube.codes == ["TOTAL", "0-9"]
    assert cube.value[cube.group[:2]].tolist() == [[1, 3], [2, 4]]
    assert cube.group.tolist() == [0, 1, 0, 1] and cube.group.dtype == np.int64


def test_a_frame_without_rows_is_a_cube_without_groups(cells):
    cube = make(cells({"TOTAL": 1}).iloc[:0])
    assert len(cube) == 0 and cube.value.shape == (0, 0) and cube.codes == []


def test_rows_that_are_not_blank():
    column = pd.Series(pd.Categorical(["C", "", "N", None], ["", "C", "N", "P"]))
    assert not_blank(column).tolist() == [True, False, True, False]
    assert not_blank(pd.Series(["", "x"])).tolist() == [False, True]


def test_flags_are_bits_by_letter_and_come_back_in_order():
    bits = to_bits(pd.Series(["b", "d", "bd", "", "s", "q"]))
    assert bits.dtype == np.uint16
    assert bits[0] | bits[1] == bits[2] and bits[0] & bits[1] == 0 and bits[3] == 0
    assert bits[5] == 0, "a letter that Eurostat does not have"
    back = from_bits(bits)
    assert back.tolist() == ["b", "d", "bd", "", "i", ""]
    assert list(back.categories) == ["", "b", "bd", "d", "i"]
    blank = to_bits(pd.Series(pd.Categorical(["b", None])))
    assert blank.tolist() == [bits[0], 0]


def test_a_result_is_an_observation_frame():
    keys = pd.DataFrame({
        "dataset": pd.Categorical(["t", "t"]), "geo": pd.Categorical(["DE", "FR"]),
        "year": np.array([2021, 2022], dtype="int16"),
    })  # fmt: skip
    frame = result(
        keys, measure="share", unit="PC", size="0-9", value=np.array([1.0, NAN]),
        lower=np.array([1.0, 0.5]), upper=np.array([1.0, INF]),
        bits=np.array([0, to_bits(pd.Series(["p"]))[0]], dtype=np.uint16),
        withheld=np.array([False, True]),
    )  # fmt: skip
    assert list(frame.columns) == [
        "dataset", "measure", "unit", "size", "geo", "year", "value", "flag", "conf", "lower",
        "upper",
    ]  # fmt: skip
    assert frame[["measure", "unit", "size", "geo"]].values.tolist() == [
        ["share", "PC", "0-9", "DE"], ["share", "PC", "0-9", "FR"],
    ]  # fmt: skip
    assert frame["flag"].tolist() == ["", "p"] and frame["conf"].tolist() == ["", "C"]
    np.testing.assert_equal(frame[["value", "lower", "upper"]].values, [[1, 1, 1], [NAN, 0.5, INF]])
    assert frame["year"].dtype == "int16" and frame["measure"].dtype == "category"


def test_a_result_keeps_units_of_its_own_and_sizes_of_its_keys():
    keys = pd.DataFrame({"size": ["a", "b"], "year": [2021, 2021]})
    ends = np.array([1.0, 2.0])
    frame = result(
        keys, measure=np.array(["m", "n"]), unit=np.array(["NR", "PC"]), size=None, value=ends,
        lower=ends, upper=ends, bits=np.zeros(2, np.uint16), withheld=np.zeros(2, bool),
    )  # fmt: skip
    assert frame[["measure", "unit", "size"]].values.tolist() == [
        ["m", "NR", "a"], ["n", "PC", "b"],
    ]  # fmt: skip
