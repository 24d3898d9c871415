"""Numbers of the definition space and claims, made by hand."""

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document

PLAIN = {
    "statistic": "share", "measure": "enterprises", "size": "GE250", "geo": "DE", "year": 2023,
    "nace": "B-S_X_O_S94", "dataset": "sbs_sc_ovw", "vintage": "2026-03-10", "source": "",
    "age": "",
    "members": "", "unit": "PC", "value": 0.5, "lower": 0.5, "upper": 0.5, "flag": "", "conf": "",
    "how": "part ÷ TOTAL",
}  # fmt: skip


def number(**fields):
    """One number, `lower` and `upper` the value where they are not given."""
    if "value" in fields:
        fields = {"lower": fields["value"], "upper": fields["value"]} | fields
    return Evidence(**(PLAIN | fields))


def claim(printed="58%", document=None, **fields):
    """One claim; None leaves a field out."""
    plain = {"id": "x", "printed": printed, "statistic": "share", "measure": "enterprises",
             "size": "GE250", "geo": "DE", "year": 2023}  # fmt: skip
    given = {k: v for k, v in (plain | fields).items() if v is not None}
    return make_claim(given, document or Document("A page", path="page.toml"), 3)
