"""From the engine's sums to the three tables."""

from __future__ import annotations

import pandas as pd

from sme_stats.register import observations
from sme_stats.register.margins import grid, with_margins
from sme_stats.register.records import BD_CLASSES, SBS_CLASSES
from sme_stats.register.schema import INSIDE


def assemble(
    base: pd.DataFrame, moved: pd.DataFrame, grown: pd.DataFrame | None, made: bool,
    whole: bool, vintage: str,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Tables of structural business statistics, business demography and high growth.

    Parameters
    ----------
    base, moved, grown : pandas.DataFrame
        From `stocks`, `events` and `high_growth`; the last is None without employees.
    made : bool
        The register is synthetic.
    whole : bool
        It holds the whole population of its countries.
    vintage : str
        Of every cell.
    """
    active = base[base["active"] == 1]
    covered = active[["geo", "year"]].drop_duplicates().sort_values(["geo", "year"])
    covered = covered.reset_index(drop=True)
    inside = active[active["act"].isin(INSIDE)]
    places = inside[["geo", "act"]].drop_duplicates()
    if whole:
        places = covered[["geo"]].drop_duplicates().merge(
            pd.DataFrame({"act": INSIDE}), how="cross"
        )  # fmt: skip
    table = _Table(covered, places, whole)
    sums = [m for m in ("n", "p", "e", "t", "v") if m in base.columns]
    sbs = table.of(inside, sums, "sbs")
    heads = [m for m in sums if m in ("n", "p", "e")]
    bd = table.of(inside, heads, "bd")
    changed = [c for c in moved.columns if c not in ("year", "geo", "act", "bd", "doubled")]
    events = table.of(moved[moved["act"].isin(INSIDE)], changed, "bd")
    names = [observations.name_of(t, made) for t in ("sbs", "bd", "hg")]
    growth = pd.DataFrame()
    if grown is not None:
        growing = table.of(grown[grown["act"].isin(INSIDE)], ["n", "e"], "")
        large = bd[bd["size"] == BD_CLASSES[-1]][["year", "geo", "act", "n"]]
        growing = growing.merge(large.rename(columns={"n": "large"}), on=["year", "geo", "act"])
        growth = observations.high_growth(growing, covered, names[2], vintage)
    return (
        observations.structure(sbs, names[0], vintage),
        observations.demography(bd, events, covered, names[1], vintage),
        growth,
    )


class _Table:
    """What the tables of one register share: its years, its activities, how complete it is."""

    def __init__(self, covered: pd.DataFrame, places: pd.DataFrame, whole: bool) -> None:
        self.covered, self.places, self.whole = covered, places, whole

    def of(self, cells: pd.DataFrame, sums: list[str], classes: str) -> pd.DataFrame:
        """Every cell with its margins, by one kind of size class (or none)."""
        codes = {"sbs": SBS_CLASSES, "bd": BD_CLASSES}.get(classes, ("TOTAL",))
        if classes in cells.columns:
            size = cells[classes].map(dict(enumerate(codes)))
        else:  # no employees, no classes by employees
            codes, size = ("TOTAL",), pd.Series("TOTAL", index=cells.index)
        keys = ["year", "geo", "act", "size"]
        sized = cells.assign(size=size).groupby(keys, as_index=False)[sums].sum()
        full = grid(sized, self.covered, self.places, codes)
        return with_margins(full, codes, self.whole)
