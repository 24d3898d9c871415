"""Why a share moved: every column, intervals against a slow computation, refusals in full."""

import itertools

import numpy as np
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.shift_share import decompose_share

HEADS = {"indic": None, "nace": "sections", "unit": "PP", "base_year": 2022}
PARTS = ["within", "composition", "total"]


def sections(cells, rows, **more):
    """Cells of SMEs and TOTAL; a row is section, year, SMEs, TOTAL."""
    return concat([
        cells({"0-249": part, "TOTAL": whole}, nace=nace, year=year, **more)
        for nace, year, part, whole in rows
    ])  # fmt: skip


ROWS = [("C", 2022, 60, 100), ("G", 2022, 90, 100), ("C", 2023, 50, 100), ("G", 2023, 180, 200)]


def test_a_decomposition_keeps_every_column(cells):
    frame = concat([
        sections(cells, [(n, y, (p, "p"), (w, "e")) for n, y, p, w in ROWS]),
        sections(cells, [("C", 2022, 10, 20), ("C", 2023, 15, 20)], geo="AT"),
    ])  # fmt: skip
    within = 100 * (1 / 2 + 1 / 3) / 2 * -0.1
    composition = 100 * (0.55 * -1 / 6 + 0.9 * 1 / 6)
    value = [within, composition, within + composition, 25, 0, 25]
    same(decompose_share(frame), **HEADS, geo=["DE"] * 3 + ["AT"] * 3, size="0-249",
         measure=PARTS * 2, exact=value, flag=["ep"] * 3 + [""] * 3)  # fmt: skip
    assert value[2] == pytest.approx(100 * (230 / 300 - 150 / 200))
    other = [("XX" if n == "G" else n, *row) for n, *row in ROWS]
    assert decompose_share(sections(cells, other))["value"].tolist() == pytest.approx(value[:3])
    shuffled = decompose_share(frame.iloc[::-1]).set_index(["geo", "measure"])["value"]
    assert shuffled["DE"][PARTS].tolist() == pytest.approx(value[:3])
    out = decompose_share(frame, "0-249")
    assert (out["lower"] == out["value"]).all() and (out["upper"] == out["value"]).all()


def ends_by_hand(rows, half):
    """The documented sums, section by section, with the ends of each factor."""
    ends = {(n, y): ((p - half, p + half), (w - half, w + half)) for n, y, p, w in rows}
    names = sorted({n for n, *_ in rows})
    share, weight = {}, {}
    for (n, y), ((pl, ph), (wl, wh)) in ends.items():
        share[n, y] = max(pl / wh, 0), min(ph / wl, 1)
        others = [ends[o, y][1] for o in names if o != n]
        low, high = sum(o[0] for o in others), sum(o[1] for o in others)
        weight[n, y] = wl / (wl + high), wh / (wh + low)
    out = []
    for mean_of, step_of in ((weight, share), (share, weight)):
        low = high = 0.0
        for n in names:
            (a0, a1), (b0, b1) = ((mean_of[n, 2022][i], mean_of[n, 2023][i]) for i in (0, 1))
            gap = (step_of[n, 2023][0] - step_of[n, 2022][1],
                   step_of[n, 2023][1] - step_of[n, 2022][0])  # fmt: skip
            corners = [m * g for m, g in itertools.product(((a0 + a1) / 2, (b0 + b1) / 2), gap)]
            low, high = low + min(corners), high + max(corners)
        out.append((100 * low, 100 * high))
    total = moves_by_hand(rows, half)
    cut = [(max(low, total[0] - other[1]), min(high, total[1] - other[0]))
           for (low, high), other in zip(out, out[::-1], strict=True)]  # fmt: skip
    return [*cut, total]


def moves_by_hand(rows, half):
    """Least and most move of the total share; a part is never more than its TOTAL."""
    shares = {}
    for year in (2022, 2023):
        parts = [(p, w) for _, y, p, w in rows if y == year]
        low, high = (sum(p + s * half for p, _ in parts) for s in (-1, 1))
        most, least = (
            sum(w + half for _, w in parts), sum(max(w - half, p + half) for p, w in parts)
        )  # fmt: skip
        shares[year] = low / most, high / least
    (before, now) = shares[2022], shares[2023]
    return 100 * (now[0] - before[1]), 100 * (now[1] - before[0])


@pytest.mark.parametrize("half", [0.5, 3, 12])
def test_intervals_of_rounded_figures(cells, half):
    out = decompose_share(sections(cells, ROWS, half=half))
    wanted = ends_by_hand(ROWS, half)
    assert out["lower"].tolist() == pytest.approx([low for low, _ in wanted])
    assert out["upper"].tolist() == pytest.approx([high for _, high in wanted])
    assert (out["lower"] < out["value"]).all() and (out["value"] < out["upper"]).all()


def test_one_rounded_figure_is_enough_for_an_interval(cells):
    frame = sections(cells, ROWS)
    for size in ("0-249", "TOTAL"):
        loose = frame["size"].eq(size) & frame["year"].eq(2022) & frame["nace"].eq("C")
        out = decompose_share(frame.assign(lower=frame["value"] - loose, upper=frame["value"]))
        assert (out["lower"] < out["upper"]).all()


def test_a_section_without_anybody_has_no_share_and_no_weight(cells):
    rows = [*ROWS[:3], ("F", 2022, 0, 0), ("F", 2023, 0.5, 0.5), ("G", 2023, 179.5, 199.5)]
    out = decompose_share(sections(cells, rows)).set_index("measure")["value"]
    weights = {"C": (1 / 2, 1 / 3), "F": (0, 0.5 / 300), "G": (1 / 2, 199.5 / 300)}
    shares = {"C": (0.6, 0.5), "F": (0, 1), "G": (0.9, 179.5 / 199.5)}
    within = sum((w[0] + w[1]) / 2 * (s[1] - s[0])
                 for w, s in zip(weights.values(), shares.values(), strict=True))  # fmt: skip
    assert out["within"] == pytest.approx(100 * within)
    assert out["total"] == pytest.approx(100 * (230 / 300 - 150 / 200))


def test_breaks_are_refused_or_flagged(cells):
    broken = [(n, y, (p, "b") if y == 2023 else p, w) for n, y, p, w in ROWS]
    frame = sections(cells, broken)
    assert refusal(decompose_share, frame).startswith("BreakError: dataset=synthetic")
    assert set(decompose_share(frame, across_breaks="flag")["flag"]) == {"b"}
    early = [(n, y, (p, "b") if y == 2022 else p, w) for n, y, p, w in ROWS]
    assert set(decompose_share(sections(cells, early), "SME", "flag")["flag"]) == {""}
    assert refusal(decompose_share, frame, across_breaks="ignore").startswith("UnknownNameError")


def test_decompositions_that_are_refused(cells):
    frame = sections(cells, ROWS)
    said = "MixingError: a shift-share is of one measure in two years; the frame has {} in {}"
    third = concat([frame, sections(cells, [("C", 2021, 1, 2)])])
    assert refusal(decompose_share, third) == said.format("persons_employed", "2021, 2022, 2023")
    first = frame[frame["year"] == 2022]
    assert refusal(decompose_share, first) == said.format("persons_employed", "2022")
    two = concat([frame, sections(cells, ROWS, measure="turnover")])
    assert refusal(decompose_share, two) == said.format("persons_employed, turnover", "2022, 2023")
    nested = concat([frame, sections(cells, [("B", 2022, 1, 2), ("B-E", 2022, 1, 2)])])
    assert refusal(decompose_share, nested) == (
        "IncoherentError: B-E contains B, C: together they count twice, so leave the aggregate out"
    )
    alone = concat([frame, sections(cells, [("F", 2022, 1, 2)])])
    assert refusal(decompose_share, alone) == (
        "WithheldError: section F of geo=DE is there in one year only; its part would be guessed, "
        "so leave it out of both years"
    )
    assert refusal(decompose_share, sections(cells, [ROWS[0], ROWS[3]])).startswith(
        "WithheldError: section C of geo=DE is there in one year only"
    )
    for column in ("measure", "nace", "year", "size", "geo", "value", "flag", "conf"):
        assert refusal(decompose_share, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


def test_what_is_withheld_is_named(cells):
    tail = "is withheld or missing; no part can be computed"
    frame = sections(cells, ROWS)
    part = cells({"0-249": None, "TOTAL": 50}, nace="F", year=2022)
    assert refusal(decompose_share, concat([frame, part])) == (
        f"WithheldError: SME of geo=DE nace=F year=2022 {tail}"
    )
    whole = cells({"0-249": 5, "TOTAL": None}, nace="F", year=2023)
    assert refusal(decompose_share, concat([frame, whole])) == (
        f"WithheldError: SME of geo=DE nace=F year=2023 {tail}"
    )
    lacks = cells({"GE250": 5}, nace="F", year=2023)
    assert refusal(decompose_share, concat([lacks, frame]), "large").startswith("WithheldError")
    without = cells({"TOTAL": 5}, nace="F", year=2023)
    assert refusal(decompose_share, concat([without, frame])) == (
        f"WithheldError: SME of geo=DE nace=F year=2023 {tail}"
    )
    assert np.isfinite(decompose_share(frame)["value"]).all()
