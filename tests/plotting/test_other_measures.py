"""Indicators other than shares, drawn as rankings and trends."""

from __future__ import annotations

import pytest

from sme_stats import load, plotting
from sme_stats.frame import select
from sme_stats.indicators.dynamics import growth_rate
from sme_stats.indicators.ratios import average_size


def test_growth_around_zero_has_a_zero_line(overlapping, cut):
    cells = load("sbs_sc_ovw", measure="enterprises", size="TOTAL", year=[2022, 2023])
    chart = plotting.ranking(growth_rate(cells, across_breaks="flag"), width=3.6)
    assert chart.data["value"].min() < 0 < chart.data["value"].max()
    assert [0, 0] in [list(line.get_xdata()) for line in chart.axes.lines]
    assert "growth of the number of enterprises" in chart.title
    assert overlapping(chart) == []
    assert cut(chart) == []


def test_persons_per_enterprise():
    sizes = select(average_size(load("sbs_sc_ovw", year=2023)), size="TOTAL")
    chart = plotting.ranking(sizes)
    assert "average size of enterprises is highest in Germany" in chart.title
    assert "persons employed per enterprise" in chart.subtitle
    assert plotting.trend(sizes[sizes["geo"] == "DE"]).title.startswith(
        "The average size of enterprises in Germany was"
    )


@pytest.mark.parametrize("lang", ["en", "fr", "de"])
def test_another_idea_of_one_person_has_no_sentence_on_employees(lang):
    from sme_stats.indicators.shares import size_share

    small = size_share(load("bd_size", year=2023), "1-4", "active_enterprises")
    chart = plotting.one_person(small, lang=lang)
    assert "15" not in chart.title
