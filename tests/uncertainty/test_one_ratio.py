"""bound_ratio() on tables small enough for the head: ends, and refusals word by word."""

import numpy as np
import pytest

from sme_stats.errors import IncoherentError, UnknownNameError, WithheldError
from sme_stats.frame import concat
from sme_stats.uncertainty.fractions import bound_ratio

INF = np.inf


def cells_of(frame, *sizes, **where):
    mask = frame["size"].isin(sizes).to_numpy().copy()
    for name, code in where.items():
        mask &= (frame[name] == code).to_numpy()
    return mask


#: Cells, sizes above, sizes below, least and greatest ratio.
RATIOS = [
    ({"0-9": 20, "10-249": 30, "GE250": 50, "TOTAL": 100}, ["0-9"], ["TOTAL"], (0.2, 0.2)),
    ({"0-9": 20, "10-249": None, "GE250": None, "TOTAL": 100}, ["10-249"], ["TOTAL"], (0, 0.8)),
    ({"0-9": 20, "10-249": None, "GE250": None, "TOTAL": 100}, ["0-9"], ["0-9", "10-249"], (0.2,
    1)),
    ({"0-9": 20, "10-249": None, "GE250": None, "TOTAL": 100}, ["10-249"], ["0-9"], (0, 4)),
    ({"0-9": 20, "10-249": None, "GE250": None, "TOTAL": 100}, ["0-9"], ["10-249"], (0.25, INF)),
    ({"0-9": 20, "10-249": None, "GE250": 50, "TOTAL": None}, ["0-9"], ["TOTAL"], (0, 2 / 7)),
    ({"0-9": None, "GE10": None}, ["0-9"], ["GE10"], (0, INF)),
]  # fmt: skip


@pytest.mark.parametrize(("content", "above", "below", "ends"), RATIOS)
def test_ends_of_a_ratio(cells, content, above, below, ends):
    frame = cells(content)
    found = bound_ratio(frame, cells_of(frame, *above), cells_of(frame, *below))
    assert found == pytest.approx(ends, abs=1e-7)
    assert all(type(end) is float for end in found)


def test_a_ratio_over_two_measures_knows_that_classes_have_limits(cells):
    frame = concat([cells({"10-19": 4}, measure="enterprises"), cells({"10-19": None})])
    persons = cells_of(frame, "10-19", measure="persons_employed")
    assert bound_ratio(frame, persons, ~persons) == pytest.approx((10, 19))
    assert bound_ratio(frame, ~persons, persons) == pytest.approx((1 / 19, 0.1))


def test_what_is_not_in_the_table(cells):
    frame = cells({"0-9": 1, "TOTAL": None}).assign(conf="")
    one, total = cells_of(frame, "0-9"), cells_of(frame, "TOTAL")
    for above, below in ((one, total), (total, one)):
        with pytest.raises(WithheldError) as refused:
            bound_ratio(frame, above, below)
        assert str(refused.value) == (
            "a cell of the ratio is not in the table, so no bound of it is known"
        )
    assert bound_ratio(frame, one, one) == pytest.approx((1, 1))


def test_cells_that_contradict_each_other(cells):
    bad = cells({"0-9": 3, "10-249": 4, "GE250": 50, "TOTAL": 12})
    frame = concat([bad, cells({"0-9": 3, "GE10": 9, "TOTAL": 12}, geo="FR")])
    said = ("published cells that the ratio rests on contradict each other; contradictions(frame) "
            "names them")  # fmt: skip
    with pytest.raises(IncoherentError) as refused:
        bound_ratio(frame, cells_of(frame, "0-9", geo="DE"), cells_of(frame, "TOTAL", geo="DE"))
    assert str(refused.value) == said
    beside = bound_ratio(
        frame, cells_of(frame, "0-9", geo="FR"), cells_of(frame, "TOTAL", geo="FR")
    )
    assert beside == pytest.approx((0.25, 0.25)), "another place has nothing to do with it"


def test_a_ratio_asks_for_its_columns(cells):
    frame, one = cells({"TOTAL": 1}), np.array([True])
    for column in ("size", "measure", "value", "conf"):
        with pytest.raises(UnknownNameError, match=f"unknown column: '{column}'"):
            bound_ratio(frame.drop(columns=column), one, one)
