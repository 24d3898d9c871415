"""The generated register has the published shares and rates, and says that it is synthetic."""

from __future__ import annotations

import math

import numpy as np
import pyarrow.parquet as pq
import pytest

import sme_stats as sme
from sme_stats import plotting, register
from sme_stats.errors import InputError, NotAvailableError, UsageError
from sme_stats.frame import select
from sme_stats.register.distributions import size_table

#: Standard errors that a figure may be off; of some 60 figures none should be further out.
FAR = 4.5
TOTAL = "B-S_X_O_S94"


@pytest.fixture(scope="module")
def tables(generated):
    return register.tabulate(generated.path)


def near(count, enterprises, share):
    """Whether a count is near its expectation, in standard errors of a binomial."""
    return abs(count - enterprises * share) < FAR * math.sqrt(enterprises * share * (1 - share))


def value(frame, indic, year, geo, size="TOTAL"):
    return select(frame, indic=indic, year=year, geo=geo, size=size, nace=TOTAL)["value"].item()


@pytest.mark.parametrize("geo", ["AT", "FR"])
@pytest.mark.parametrize("year", [2012, 2018, 2023])
def test_published_shares_of_enterprises_come_out_within_sampling_error(tables, geo, year):
    sources = [
        (tables.sbs, sme.load("sbs_sc_ovw", geo=geo, year=2023), ["0-9", "10-19", "20-49",
                                                                   "50-249", "GE250"]),
        (tables.bd, sme.load("bd_size", geo=geo, year=2023), ["0", "1-4", "5-9", "GE10"]),
    ]  # fmt: skip
    for made, published, classes in sources:
        enterprises = value(made, "ENT_NR", year, geo)
        cells = select(published, indic="ENT_NR", nace=TOTAL).set_index("size")["value"]
        for size in classes:
            share = cells[size] / cells[classes].sum()
            assert near(value(made, "ENT_NR", year, geo, size), enterprises, share), size


@pytest.mark.parametrize("geo", ["AT", "FR"])
@pytest.mark.parametrize("indic", ["EMP_NR", "NETTUR_MEUR"])
def test_published_averages_come_out_within_sampling_error(tables, generated, geo, indic):
    published = sme.load("sbs_sc_ovw", geo=geo, year=2023, nace=TOTAL)
    rows = pq.read_table(generated.path / geo, columns=["year", "persons_employed", "turnover"])
    rows = rows.to_pandas().query("year == 2023")
    column = {"EMP_NR": "persons_employed", "NETTUR_MEUR": "turnover"}[indic]
    scale = {"EMP_NR": 1.0, "NETTUR_MEUR": 1e6}[indic]
    for size, low, high in (
        ("0-9", 0, 9),
        ("10-19", 10, 19),
        ("20-49", 20, 49),
        ("50-249", 50, 249),
    ):
        cells = published[published["size"] == size].set_index("indic")["value"]
        average = cells[indic] * scale / cells["ENT_NR"]
        drawn = rows.loc[rows["persons_employed"].between(low, high), column]
        error = drawn.std() / math.sqrt(len(drawn))
        assert abs(drawn.mean() - average) < FAR * error, size


@pytest.mark.parametrize("geo", ["AT", "FR", "DE", "IT", "SK"])
def test_the_law_that_is_drawn_from_has_the_published_totals_exactly(geo):
    law = size_table(geo, 2023)
    weight = np.diff(law.cumulated, prepend=0.0)
    cells = select(sme.load("sbs_sc_ovw", geo=geo, year=2023), nace=TOTAL)
    cells = cells.set_index(["indic", "size"])["value"]
    classes = ["0-9", "10-19", "20-49", "50-249", "GE250"]
    persons = sum(cells["EMP_NR", s] for s in classes) / cells["ENT_NR", "TOTAL"]
    turnover = sum(cells["NETTUR_MEUR", s] for s in classes) * 1e6 / cells["ENT_NR", "TOTAL"]
    assert weight @ law.persons == pytest.approx(persons, rel=2e-5)
    assert weight @ law.turnover == pytest.approx(turnover, rel=2e-5)
    assert (law.employees <= law.persons).all()
    tail = law.persons >= 250
    index = np.log(weight[tail][1000] / weight[tail][100]) / np.log(
        law.persons[tail][1000] / law.persons[tail][100]
    )
    assert -3.5 < index < -1.5, "a power law: the density falls by a fixed power"


@pytest.mark.parametrize("geo", ["AT", "FR"])
def test_births_and_deaths_come_at_the_published_rates(tables, geo):
    bd = sme.load("bd_size", year=2023)
    for indic, counted in (("ENT_BRTHR_PC", "ENT_BRTH_NR"), ("ENT_DTHR_PC", "ENT_DTH_NR")):
        rates = bd[bd["indic"] == indic].set_index("geo")["value"]
        rate = rates[geo if geo in rates.index else "EU27_2020"] / 100
        years = range(2014, 2022)
        active = sum(value(tables.bd, "ENT_NR", y, geo) for y in years)
        assert near(sum(value(tables.bd, counted, y, geo) for y in years), active, rate), indic


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    made = [register.generate(tmp_path / str(n), 5_000, geo=["AT"], seed=s)
            for n, s in enumerate((1, 1, 2))]  # fmt: skip
    first, again, other = (next((m.path / "AT").iterdir()).read_bytes() for m in made)
    assert first == again != other


def test_every_file_and_every_table_is_labelled_synthetic(generated, tables):
    assert "synthetic" in (generated.path / "SYNTHETIC.txt").read_text(encoding="utf-8")
    for file in generated.path.rglob("*.parquet"):
        assert b"synthetic register" in pq.read_schema(file).metadata[b"sme_stats.label"]
    frame = tables.frame()
    assert set(frame["dataset"]) == {"synthetic_sbs", "synthetic_bd", "synthetic_hg"}
    assert set(frame["vintage"]) == {"synthetic"}
    assert tables.summary().startswith("Synthetic register")
    share = sme.size_share(select(tables.sbs, nace=TOTAL, year=2023), "SME", "persons_employed")
    assert set(share["dataset"]) == {"synthetic_sbs"}
    for lang, said in (("en", "Synthetic data"), ("fr", "Données synth"), ("de", "Synthetische")):
        chart = plotting.ranking(share, lang=lang)
        assert chart.alt.startswith(said)
        assert said.upper() in chart.note.upper()
        assert "CC BY" not in chart.note


def test_charts_of_a_real_register_do_not_name_eurostat_as_their_source(tables):
    real = register.tabulate(_renamed(tables)).sbs
    share = sme.size_share(select(real, nace="C", year=2023), "SME", "enterprises")
    chart = plotting.ranking(share)
    assert "register_sbs: computed from a register" in chart.note
    assert "Source: Eurostat" not in chart.note


def _renamed(tables):
    from .conftest import firm

    return firm(1, [2023], persons=[3]).assign(synthetic=False)


def test_files_are_cut_by_country_and_streamed(tmp_path, monkeypatch):
    from sme_stats.register import generator

    monkeypatch.setattr(generator, "BLOCK", 3_000)
    seen = []
    made = register.generate(tmp_path / "r", 20_000, (2015, 2020), ["AT", "FR"],
                             progress=lambda *step: seen.append(step))  # fmt: skip
    files = sorted(p.relative_to(made.path) for p in made.path.rglob("*.parquet"))
    assert {f.parts[0] for f in files} == {"AT", "FR"}
    assert len(files) == made.files == len(seen) > 5
    rows = [pq.read_metadata(made.path / f).num_rows for f in files]
    assert sum(rows) == made.rows
    assert max(rows) < 6_000
    assert abs(made.rows - 20_000) < 1_000
    assert register.tabulate(made.path).rows == made.rows


def test_generating_refuses_what_it_cannot_do(tmp_path, generated):
    with pytest.raises(InputError, match="is there already"):
        register.generate(generated.path)
    with pytest.raises(NotAvailableError, match="size class of BG in 2023"):
        register.generate(tmp_path / "r", geo=["BG"])
    with pytest.raises(UsageError, match="nothing to generate"):
        register.generate(tmp_path / "r", 0)
    assert not list(tmp_path.iterdir())
