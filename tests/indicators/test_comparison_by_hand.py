"""Ranks, distances and peers: every column, and every refusal to the last word."""

import numpy as np
import pandas as pd
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.alike import countries, flags_of, hidden, in_percent, refuse_mixing
from sme_stats.indicators.comparison import distance_to, peers, rank

nan = np.nan
SHARE = {"measure": "enterprises_share", "unit": "PC", "indic": "ENT_NR"}


def share(cells, geo, value, **more):
    return cells({"SME": value}, geo=geo, **(SHARE | more))


# -- ranks


def test_ranks_keep_every_column(cells):
    frame = concat([share(cells, "DE", (60, "p")), share(cells, "EU27_2020", 99),
                    share(cells, "AT", 70), share(cells, "BE", 60)])  # fmt: skip
    same(rank(frame), **SHARE, size="SME", geo=["AT", "BE", "DE"], value=[70, 60, 60],
         flag=["", "", "p"], best=[1, 2, 2], worst=[1, 2, 2])  # fmt: skip


def test_ranks_of_intervals_and_of_half_known_ones(cells):
    frame = concat([share(cells, g, v) for g, v in
                    {"AT": 60, "BE": 61, "CZ": 62, "DE": None, "FR": None}.items()])  # fmt: skip
    frame = frame.assign(lower=[59.5, 60.5, 61.5, 0, 10], upper=[60.5, 61.5, 62.5, nan, 70])
    same(rank(frame), **SHARE, size="SME", geo=["CZ", "BE", "AT", "FR"], value=[62, 61, 60, nan],
         lower=[61.5, 60.5, 59.5, 10], upper=[62.5, 61.5, 60.5, 70], conf=["", "", "", "C"],
         best=[1, 1, 2, 1], worst=[2, 3, 4, 4])  # fmt: skip


def test_nothing_to_rank(cells):
    for frame in (share(cells, "DE", None), share(cells, "EU28", 5)):
        assert refusal(rank, frame) == (
            "NotAvailableError: no country of the frame has a value or an interval to rank"
        )


def test_what_a_comparison_must_share(cells):
    frame = share(cells, "DE", 60)
    others = {
        "measure": "births_share", "unit": "NR", "dataset": "bd_size", "vintage": "2025-01-01",
        "nace": "F", "size": "GE250", "age": "Y1", "leg_form": "LL", "year": 2022,
    }  # fmt: skip
    for column, other in others.items():
        first = "" if column in ("age", "leg_form") else str(frame[column].iloc[0])
        both = concat([frame, frame.assign(**{column: pd.Series([other]).astype(
            "int16" if column == "year" else "category")}, geo="FR")])  # fmt: skip
        names = ", ".join(sorted([first, other if column != "year" else "2022"]))
        assert refusal(refuse_mixing, both) == (
            f"MixingError: the frame has several {column}s ({names}); places are compared within "
            "one, so select it"
        )
        assert refuse_mixing(both, free=(column,)) is both
    many = concat([share(cells, "DE", 1, year=2010 + n) for n in range(7)])
    assert "(2010, 2011, 2012, 2013, 2014);" in refusal(refuse_mixing, many)


def test_a_place_that_stands_twice(cells):
    both = concat([share(cells, "AT", 60), share(cells, "DE", 60), share(cells, "DE", 60)])
    said = (
        "IncoherentError: geo=DE{} stands twice in the frame; a comparison would count it twice, "
        "so keep one source"
    )
    assert refusal(refuse_mixing, both) == said.format("")
    assert refusal(refuse_mixing, both, free=("year", "age")) == said.format(" year=2023")


@pytest.mark.parametrize("column", ["measure", "unit", "geo", "year", "value", "flag", "conf"])
def test_columns_that_a_comparison_needs(cells, column):
    frame = share(cells, "DE", 60).drop(columns=column)
    said = refusal(rank, frame)
    assert said.startswith(f"UnknownNameError: unknown column: '{column}'")
    if column not in ("flag", "conf"):
        assert refusal(refuse_mixing, frame) == said


def test_flags_and_units(cells):
    frame = concat([share(cells, "DE", (60, "p")), share(cells, "AT", (60, "be"))])
    assert flags_of(frame) == "bep"
    assert flags_of(frame.iloc[:0]) == ""
    assert in_percent(frame) == ["PP", "PP"]
    assert in_percent(frame.assign(unit="NR")) == ["NR", "NR"]


# -- distances


def test_distance_of_every_place(cells):
    frame = concat([
        share(cells, "AT", (60, "p"), half=0.5), share(cells, "EU27_2020", (63, "e"), half=0.5),
        share(cells, "DE", None, half=0.5).assign(lower=50.0, upper=70.0),
    ])  # fmt: skip
    same(distance_to(frame), measure="enterprises_share_distance", unit="PP", indic="ENT_NR",
         reference="EU27_2020", size="SME", geo=["AT", "DE"], value=[-3, nan], lower=[-4, -13.5],
         upper=[-2, 7.5], flag=["ep", "e"], conf=["", "C"])  # fmt: skip
    unknown = distance_to(frame, "DE")
    assert unknown["conf"].tolist() == ["C", "C"]
    assert unknown["geo"].tolist() == ["AT", "EU27_2020"]
    assert unknown["lower"].tolist() == [-10.5, -7.5]
    assert unknown["upper"].tolist() == [10.5, 13.5]


def test_distance_is_within_each_table_activity_age_form_and_year(cells):
    groups = [{"dataset": "a"}, {"nace": "F"}, {"year": 2022}, {"age": "Y5"}, {"leg_form": "LL"}]
    parts = [
        part.assign(**{k: pd.Series(v, part.index).astype("int16" if k == "year" else "category")
                       for k, v in group.items()})
        for n, group in enumerate(groups)
        for part in (share(cells, "AT", 10 * n), share(cells, "FR", n * n))
    ]  # fmt: skip
    out = distance_to(concat(parts), "FR")
    assert out["value"].tolist() == [0, 9, 16, 21, 24]
    assert out["leg_form"].astype(str).tolist() == ["", "", "", "", "LL"]
    assert out["year"].tolist() == [2023, 2023, 2022, 2023, 2023]


def test_a_partial_aggregate_is_a_reference_too(cells):
    frame = concat([share(cells, "AT", 60), share(cells, "EU27_2020[2/27]", 50)])
    frame = frame.assign(members=["", "AT+BE"], base_year=[2021, 2020])
    out = distance_to(frame, "EU27_2020[2/27]")
    assert out[["geo", "value"]].values.tolist() == [["AT", 10]]
    assert out[["reference", "members"]].astype(str).values.tolist() == [
        ["EU27_2020[2/27]", "AT+BE"]
    ]
    back = distance_to(frame, "AT")
    assert back[["geo", "members"]].astype(str).values.tolist() == [["EU27_2020[2/27]", "AT+BE"]]
    levels = concat([cells({"TOTAL": 5}), cells({"TOTAL": 7}, geo="FR")])
    plain = distance_to(levels.drop(columns="vintage"), "FR")
    same(plain, vintage=None, measure="persons_employed_distance", unit="NR", size="TOTAL",
         indic="EMP_NR", reference="FR", exact=-2)  # fmt: skip


def test_a_published_rate_is_compared_with_a_computed_one(cells):
    frame = concat([share(cells, "AT", 60), share(cells, "FR", 50, indic="")])
    same(distance_to(frame, "FR"), measure="enterprises_share_distance", unit="PP", indic="ENT_NR",
         reference="FR", size="SME", geo="AT", exact=10)  # fmt: skip


def test_ends_of_two_intervals_are_sure_and_no_more(cells):
    frame = concat([share(cells, g, v) for g, v in {"AT": None, "BE": 60, "FR": None}.items()])
    frame = frame.assign(
        lower=[10.0, 60, 20], upper=[30.0, 60, 50], ends=["sharp", "", "sharp"]
    ).astype({"ends": "category"})
    out = distance_to(frame, "FR").set_index("geo")
    assert out["ends"].astype(str).to_dict() == {"AT": "sure", "BE": "sharp"}
    assert out.loc["AT", ["lower", "upper"]].tolist() == [-40, 10]
    assert distance_to(frame, "BE")["ends"].astype(str).tolist() == ["sharp", "sharp"]
    broken = frame.assign(ends=["sharp", "", "contradicted"])
    assert set(distance_to(broken, "FR")["ends"]) == {"contradicted"}


def test_vintages_are_named_where_that_is_asked_for(cells):
    frame = concat([share(cells, "AT", 60), share(cells, "BE", 61, vintage="2025-01-01"),
                    share(cells, "FR", 63)])  # fmt: skip
    named = distance_to(frame, "FR", across_vintages="name")
    assert named["vintage"].tolist() == ["2026-01-01", "2025-01-01|2026-01-01"]
    assert refusal(distance_to, frame, "FR") == (
        "MixingError: BE is of the vintage 2025-01-01 and FR of 2026-01-01: a revision between the "
        "two would look like a difference. Load both from one, or take it by name: "
        'across_vintages="name"'
    )
    assert refusal(distance_to, frame, "FR", across_vintages="ignore") == (
        "UnknownNameError: unknown way to treat vintages: 'ignore'; valid: name, refuse"
    )


def test_no_reference_and_nothing_like_it(cells):
    frame = concat([share(cells, "AT", 60), share(cells, "FR", 60, year=2022)])
    assert refusal(distance_to, frame, "BE") == (
        "NotAvailableError: the frame has no geo BE (Belgium); it has AT, FR"
    )
    assert refusal(distance_to, frame, "GR").endswith("valid: EL; Eurostat writes EL")
    assert refusal(distance_to, frame, "EU27_2020[2/27]").startswith(
        "UnknownNameError: unknown geo"
    )
    assert refusal(distance_to, frame, "FR") == (
        "NotAvailableError: no other place shares dataset, population and year with FR"
    )
    twice = concat([share(cells, "AT", 60, indic="a"), share(cells, "AT", 60, indic="b")])
    assert refusal(distance_to, twice, "AT") == (
        "IncoherentError: geo=AT dataset=synthetic vintage=2026-01-01 nace=C year=2023 stands "
        "twice in the frame; a comparison would count it twice, so keep one source"
    )


# -- peers


def structure(cells, geo, shares, flag="", half=None):
    table = {size: (value, flag) for size, value in zip(("0-9", "GE10"), shares, strict=True)}
    return cells(table, geo=geo, half=half, **SHARE)


def test_peers_with_their_intervals(cells):
    frame = concat([
        structure(cells, "FR", (70, 30), "p", 1), structure(cells, "DE", (60, 40), "b", 1),
        structure(cells, "AT", (50, 50), "e", 1), structure(cells, "BE", (61, 39), "", 1),
        structure(cells, "CZ", (None, 40), "", 1), structure(cells, "EU28", (60, 40), "", 1),
    ])  # fmt: skip
    # |70 - 60| + |30 - 40|, half of it; each share is known to 1, so each difference to 2.
    same(peers(frame, "DE"), indic="ENT_NR", measure="enterprises_structure_distance", unit="PP",
         size="TOTAL", reference="DE", geo=["BE", "AT", "FR"], value=[1, 10, 10], lower=[0, 8, 8],
         upper=[3, 12, 12], flag=["b", "be", "bp"])  # fmt: skip
    assert peers(frame, "DE", most=1)["geo"].tolist() == ["BE"]


def test_a_withheld_structure_that_may_be_as_near_is_named(cells):
    hidden = structure(cells, "CZ", (None, None)).assign(lower=[55.0, 30], upper=[70.0, 45])
    frame = concat([
        structure(cells, "DE", (60, 40)), structure(cells, "AT", (50, 50)),
        structure(cells, "BE", (61, 39)), hidden,
    ])  # fmt: skip
    # 0-9: 55 to 70 against 60, GE10: 30 to 45 against 40; at worst each is 10 away.
    same(peers(frame, "DE", most=2), indic="ENT_NR", measure="enterprises_structure_distance",
         unit="PP", size="TOTAL", reference="DE", geo=["BE", "AT", "CZ"], value=[1, 10, nan],
         lower=[1, 10, 0], upper=[1, 10, 10], conf=["", "", "C"])  # fmt: skip
    far = frame.assign(lower=[60.0, 40, 50, 50, 61, 39, 80, 10], upper=frame["upper"])
    far.loc[6:, "upper"] = [90.0, 20]
    assert peers(far, "DE", most=2)["geo"].tolist() == ["BE", "AT"]
    assert peers(far, "DE", most=3)["geo"].tolist() == ["BE", "AT", "CZ"]
    assert peers(far, "DE", most=3)[["lower", "upper"]].values[2].tolist() == [20, 30]


def test_what_is_no_structure_has_no_peers(cells):
    said = (
        "UsageError: peers compares the shares of every size class, and the frame has {}; give it "
        "the result of size_structure"
    )
    parts = concat([share(cells, g, 60) for g in ("AT", "DE")])
    assert refusal(peers, parts, "DE") == said.format("SME in PC")
    levels = concat([cells({"0-9": 6, "GE10": 4}, geo=g) for g in ("AT", "DE")])
    assert refusal(peers, levels, "DE") == said.format("0-9, GE10 in NR")


def test_five_peers_unless_more_are_asked_for(cells):
    places = ("AT", "BE", "BG", "CZ", "DK", "EE", "DE")
    frame = concat([structure(cells, g, (50 + n, 50 - n)) for n, g in enumerate(places)])
    assert peers(frame, "AT")["geo"].tolist() == ["BE", "BG", "CZ", "DK", "EE"]
    assert peers(frame, "AT", most=6)["geo"].tolist()[5:] == ["DE"]


def test_no_peers(cells):
    whole, hidden = structure(cells, "DE", (60, 40)), structure(cells, "FR", (None, 40))
    said = (
        "NotAvailableError: {} lacks a class or has a withheld one; over the visible classes "
        "another country would look like it, so nothing is compared"
    )
    both = concat([whole, hidden])
    assert refusal(peers, both, "DE") == said.format("every other country")
    assert refusal(peers, both, "FR") == said.format("FR")
    assert refusal(peers, both, "IT") == (
        "NotAvailableError: the frame has no geo IT (Italy); it has DE, FR"
    )
    assert refusal(peers, both, "DE", most=0) == (
        "UsageError: most = 0: at least one peer must be asked for"
    )


# -- what a comparison is made of


def test_countries_alone(cells):
    frame = concat([share(cells, g, 60) for g in ("DE", "EU27_2020", "EU27_2020[18/27]", "UK")])
    assert countries(frame)["geo"].tolist() == ["DE", "UK"]
    assert list(countries(frame.iloc[:0]).columns) == list(frame.columns)
    for column in ("measure", "unit", "geo", "year", "value", "flag", "conf"):
        said = refusal(countries, frame.drop(columns=column))
        assert said.startswith(f"UnknownNameError: unknown column: '{column}'")


def test_hidden_is_what_has_no_value_for_a_withheld_part():
    withheld, known = pd.Series(["C", "", "C"]), pd.Series(["", "", ""])
    value = np.array([nan, nan, 1.0])
    assert hidden(value, withheld).tolist() == ["C", "", ""]
    assert hidden(value, known, withheld).tolist() == ["C", "", ""]
    assert hidden(value, known).tolist() == ["", "", ""]
