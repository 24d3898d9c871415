"""An indicator: observation frame in, observation frame out."""

from sme_stats.indicators.ratios import ratio
from sme_stats.indicators.registry import describe


@describe("sbs_sc_ovw", "MEUR", "NETTUR_MEUR ÷ ENT_NR", "a mean: large enterprises dominate it")
def turnover_per_enterprise(frame):
    """Turnover per enterprise, in million euro."""
    return ratio(frame, "turnover", "enterprises", "turnover_per_enterprise", "MEUR")
