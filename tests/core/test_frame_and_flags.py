"""The observation frame, flags in both generations, and errors that say what is valid."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_stats import errors, flags, frame, load
from sme_stats.errors import (
    IncoherentError,
    NotAvailableError,
    SmeStatsError,
    UnknownNameError,
    nearest,
)

pytestmark = pytest.mark.usefixtures("home")


def test_columns_and_types_are_those_of_the_contract():
    cells = load("bd_size", geo="DE")
    assert [c for c in frame.COLUMNS if c in cells.columns] == list(cells.columns)
    needed = [c for c in frame.COLUMNS if c not in frame.OPTIONAL]
    assert set(needed) <= set(cells.columns)
    for name in cells.columns:
        if name in frame.CATEGORIES:
            assert isinstance(cells[name].dtype, pd.CategoricalDtype), name
    assert cells["year"].dtype == "int16" and cells["value"].dtype == "float64"


def test_dimensions_are_what_identifies_a_cell(cells):
    assert frame.dimensions(cells({"TOTAL": 1}, half=0.5)) == [
        "dataset", "vintage", "indic", "measure", "unit", "nace", "size", "geo", "year",
    ]  # fmt: skip


def test_a_missing_column_names_the_nearest(cells):
    with pytest.raises(UnknownNameError, match="column: 'valu'; did you mean value"):
        frame.require(cells({"TOTAL": 1}), "geo", "valu")


def test_doubles_and_negative_counts_are_refused(cells):
    good = cells({"0-9": 1, "TOTAL": 2})
    assert frame.check(good) is good
    doubled = frame.concat([good, cells({"TOTAL": 3})])
    with pytest.raises(IncoherentError, match=r"duplicate cell .*size=TOTAL.*1 in all"):
        frame.check(doubled)
    with pytest.raises(IncoherentError, match=r"negative persons_employed \(-1\) in .*size=0-9"):
        frame.check(cells({"0-9": -1, "TOTAL": 2}))
    # A surplus or value added can be negative.
    assert len(frame.check(cells({"TOTAL": -1}, measure="value_added"))) == 1


def test_select_never_gives_an_empty_frame(cells):
    both = frame.concat([cells({"0-9": 1}), cells({"TOTAL": 2}, geo="FR")])
    assert frame.select(both, geo="FR", size=None)["value"].tolist() == [2.0]
    assert frame.select(both, size_emp=["0-9", "TOTAL"], year=range(2023, 2024)).shape[0] == 2
    assert frame.select(both, year="2023").shape[0] == 2
    with pytest.raises(NotAvailableError, match="geo=FR, size=0-9 together"):
        frame.select(both, geo="FR", size="0-9")
    with pytest.raises(UnknownNameError, match="year in the frame: '2022'; nearest: 2023"):
        frame.select(both, year=2022)
    with pytest.raises(UnknownNameError, match="year in the frame: '²'"):
        frame.select(both, year="²")
    with pytest.raises(UnknownNameError, match="unknown column: 'colour'"):
        frame.select(both, colour="red")


def test_stacking_keeps_what_is_exact_exact(cells):
    exact, rounded = cells({"0-9": 7, "TOTAL": None}), cells({"0-9": 5}, half=0.5, geo="FR")
    both = frame.concat([exact, rounded.assign(source="release")])
    assert both["lower"].tolist()[0] == 7 and np.isnan(both["lower"].tolist()[1])
    assert both["lower"].tolist()[2] == 4.5 and both["upper"].tolist()[2] == 5.5
    assert both["source"].tolist() == ["", "", "release"]
    assert list(both.columns) == [c for c in frame.COLUMNS if c in both.columns]
    assert both["geo"].dtype == "category" and both["year"].dtype == "int16"
    with pytest.raises(IncoherentError, match="no frame was given"):
        frame.concat([])


def test_a_number_column_that_no_frame_explains_is_unknown():
    left = pd.DataFrame({"geo": ["DE"], "lower": [1.0]})
    both = frame.concat([left, pd.DataFrame({"geo": ["FR"]})])
    assert np.isnan(both["lower"].iloc[1])


def test_intervals_of_exact_rounded_and_withheld_cells(cells):
    low, high = frame.intervals(cells({"0-9": 7, "TOTAL": None}))
    assert low[0] == high[0] == 7 and np.isnan(low[1]) and np.isnan(high[1])
    mixed = cells({"0-9": 7, "TOTAL": 9}).assign(lower=[np.nan, 8.5], upper=[np.nan, 9.5])
    low, high = frame.intervals(mixed)
    assert low.tolist() == [7, 8.5] and high.tolist() == [7, 9.5]


def test_codes_leave_out_blanks_and_what_no_row_has(cells):
    column = cells({"0-9": 1, "TOTAL": 2})["size"].iloc[:1]
    assert frame.codes(column) == ["0-9"]
    assert frame.codes(pd.Series(["b", "", None, "a"], dtype=object)) == ["a", "b"]


flag_texts = st.text(alphabet=sorted({*flags.OBS_FLAG, *flags.RENAMED}), max_size=5)


@given(st.lists(flag_texts, max_size=4))
def test_a_union_holds_every_letter_once_in_order(texts):
    joined = flags.union(texts)
    assert list(joined) == sorted(set(joined))
    assert frozenset(joined) == frozenset().union(*(flags.letters(t) for t in texts))
    assert not {"s", "z"} & set(joined)


@pytest.mark.parametrize(
    ("text", "parted"),
    [("", ("", "")), ("bep", ("bep", "")), ("@C", ("", "C")), ("p@C", ("p", "C")), ("c", ("", "C")),
     ("bc", ("b", "C")), ("|C", ("", "C")), ("b p", ("bp", "")), ("@N", ("", "N")),
     ("c@P", ("", "P"))],
)  # fmt: skip
def test_both_generations_of_a_status(text, parted):
    assert flags.split_status(text) == parted


def test_every_letter_is_explained():
    for letter, meaning in flags.OBS_FLAG.items():
        assert flags.explain(letter) == [f"{letter}: {meaning}"]
    assert flags.explain("zs") == ["i: value imputed by Eurostat", "m: missing, cannot exist"]
    assert flags.explain("", "N") == ["N: not for publication"]
    assert flags.explain("x") == ["x: not documented"]


def subclasses(base):
    return [base, *(s for c in base.__subclasses__() for s in subclasses(c))]


def test_every_error_has_an_exit_code_and_stands_in_the_drawn_tree():
    for error in subclasses(SmeStatsError):
        if error.__module__ != "sme_stats.errors":
            continue
        assert error.__name__ in errors.__doc__
        assert error.exit_code == (3 if issubclass(error, errors.DataError) else 2)


def test_the_nearest_names():
    assert nearest("x", []) == "there are none"
    assert nearest("DE", ["DE"]) == "did you mean DE?"
    assert nearest(2030, [2021, 2024, 2023], most=2) == "nearest: 2023, 2024"
    assert nearest("²", [2021]) == "valid: 2021"
    assert nearest("qqq", list("abcdefgh")) == "valid: a, b, c, d, e … (8 in all)"
