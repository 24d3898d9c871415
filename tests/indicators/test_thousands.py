"""National tables count heads in thousands: a ratio says so, class limits keep out."""

import pytest

from sme_stats.claims.space import embedded
from sme_stats.indicators.ratios import average_size
from sme_stats.loading import tables
from sme_stats.uncertainty.audit import audit


@pytest.fixture(scope="module")
def national():
    (releases,) = (t for t in tables() if "uk_bpe" in set(t["dataset"].astype(str)))
    return releases[releases["dataset"].astype(str) == "uk_bpe"]


def test_thousands_of_persons_over_enterprises_one_by_one(national):
    sizes = average_size(national).set_index("size")["value"]
    # 28,128 thousand in employment, 5,690,265 enterprises; 11,246 thousand in 8,335 large ones.
    assert sizes["TOTAL"] == pytest.approx(28_128_000 / 5_690_265)
    assert sizes["GE250"] == pytest.approx(11_246_000 / 8_335)


def test_the_definition_space_says_the_same():
    (found,) = embedded().find("average", "average_size", "TOTAL", "UK", 2025)
    assert found.value == pytest.approx(28_128_000 / 5_690_265)
    assert found.lower < found.value < found.upper


def test_class_limits_of_persons_do_not_judge_thousands(national):
    assert "average" not in set(audit(national)["check"])
