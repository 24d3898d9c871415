"""Words of charts in English, French and German: text tables that people review, and their reader.

Labels of codes come from the codelists; what stands here is what a chart says about them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sme_stats import catalogue, codelists
from sme_stats.codelists import size_range
from sme_stats.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

LANGS = ("en", "fr", "de")
#: Measures derived by the indicators end in these.
SHARE = "_share"
#: Ending of a difference from a reference.
DISTANCE = "_distance"
#: Ending of the distance between two size structures; what stands before it is counted.
STRUCTURE = "_structure_distance"
DERIVED = ("change", "growth", "index", "contribution", "distance", "coverage")


@cache
def words(lang: str) -> dict[str, Any]:
    """Read the words of a language.

    Raises
    ------
    UnknownNameError
        If there are none in it.

    Examples
    --------
    >>> words("de")["verdict"]["holds"]
    'Trifft zu'
    """
    if lang not in LANGS:
        raise UnknownNameError("language", lang, LANGS)
    path = Path(__file__).with_suffix("") / f"{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say(lang: str, key: str, **parts: object) -> str:
    """Fill a phrase; ``{Name}`` is the part with a capital.

    Examples
    --------
    >>> say("en", "withheld_all", What="SME share of turnover")
    'SME share of turnover: withheld for every place shown'
    """
    capitals = {k.capitalize(): capital(str(v)) for k, v in parts.items()}
    filled: str = words(lang)["say"][key].format(**(capitals | parts))
    return filled[:-1] if filled.endswith("..") else filled  # "Mio.", then a full stop


def capital(text: str) -> str:
    """Text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(parts: list[str], lang: str) -> str:
    """Join parts as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"], "de")
    'a, b und c'
    """
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" {words(lang)['say']['and']} " + parts[-1]


def parted(parts: Sequence[str], lang: str) -> str:
    """Join parts that have commas of their own.

    Examples
    --------
    >>> parted(["a, b", "c"], "en"), parted(["a", "b"], "fr")
    ('a, b; c', 'a\\xa0; b')
    """
    return str(words(lang)["say"]["semicolon"]).join(parts)


def measure_words(measure: str, lang: str) -> dict[str, str]:
    """Label of a measure, and how it stands in a phrase (``of``, ``within``)."""
    known: dict[str, str] = words(lang)["measure"].get(measure, {})
    label = known.get("label") or capital(
        codelists.label("MEASURE", measure, lang).replace("_", " ")
    )
    other = f"({label})"
    blank = {"label": label, "of": other, "within": other, "count": known.get("of", other)}
    return blank | known


def quantity(measure: str, size: str, lang: str) -> str:
    """Name what is measured, as it stands within a sentence.

    Parameters
    ----------
    measure : str
        Harmonised measure, of a level or of an indicator.
    size : str
        Size code; ``""`` or ``"TOTAL"`` is the whole.
    lang : str
        ``en``, ``fr`` or ``de``.

    Examples
    --------
    >>> quantity("persons_employed_share", "0-249", "en")
    'SME share of persons employed'
    >>> quantity("enterprises", "50-249", "fr"), quantity("turnover", "GE250", "en")
    ("nombre d'entreprises moyennes (50–249)", 'turnover of large enterprises (250+)')
    >>> quantity("active_enterprises_share", "0", "de")
    'Anteil der aktiven Unternehmen ohne Lohn- und Gehaltsempfänger'
    >>> quantity("persons_employed_structure_distance", "TOTAL", "en")
    'distance of the size structure of persons employed'
    """
    if measure.endswith(STRUCTURE):
        return say(lang, "structure_of", **measure_words(measure.removesuffix(STRUCTURE), lang))
    stem, _, ending = measure.rpartition("_")
    own = measure in words(lang)["measure"] or measure in codelists.table("MEASURE")
    derived = stem in words(lang)["measure"] or stem in codelists.table("MEASURE")
    if ending in DERIVED and (derived or not own):
        return say(lang, f"{ending}_of", what=quantity(stem, size, lang))
    plain = measure if own else measure.removesuffix(SHARE)
    parts = measure_words(plain, lang)
    if measure == plain:
        return _level(plain, size, parts, lang)
    if size == "0":
        return say(lang, "share_without", **parts)
    if size == "0-249":
        return say(lang, "share_sme", **parts)
    if size in ("", "TOTAL"):
        return say(lang, "share_plain", **parts)
    return say(lang, "share_of", size=size_words(size, lang), **parts)


def subject(row: Mapping[str, Any] | pd.Series[Any], lang: str) -> str:
    """Name what a row measures, and the place that it is compared with where there is one.

    Examples
    --------
    >>> row = {"measure": "birth_rate_distance", "size": "TOTAL", "reference": "EU27_2020"}
    >>> subject(row, "en")
    'distance of the birth rate of enterprises from the EU'
    """
    what, reference = quantity(row["measure"], row["size"], lang), str(row.get("reference", ""))
    if reference in ("", "nan"):
        return what
    return say(lang, "compared", what=what, place=place(reference, lang, inside=True))


def _level(measure: str, size: str, parts: dict[str, str], lang: str) -> str:
    counted = codelists.table("MEASURE").get(measure, {})
    number = counted.get("unit") == "NR" and counted.get("additive") == "yes"
    plain = counted.get("noun", "") if lang == "en" else ""
    name = parts.get("name") or (
        say(lang, "number_of", **parts) if number else plain or parts["label"]
    )
    if size in ("", "TOTAL"):
        return name
    return _sized(measure, name, size_words(size, lang), lang)


def _sized(measure: str, name: str, size: str, lang: str) -> str:
    """A level of a size class; as a list where no short phrase is right for every measure."""
    if measure == "enterprises":
        # French elides: d'entreprises, not de entreprises.
        return say(lang, "number_of_size", size=size).replace(" de e", " d'e")
    if measure in ("persons_employed", "employees"):
        return say(lang, "level_in_size", name=name, size=size)
    if codelists.table("MEASURE").get(measure, {}).get("unit") in ("MEUR", "KEUR"):
        return say(lang, "level_of_size", name=name, size=size)
    return f"{name}, {size}"


def size_words(size: str, lang: str) -> str:
    """Size class as it stands in a phrase: ``"large enterprises (250+)"``."""
    known: dict[str, str] = words(lang)["size"]
    return known.get(size) or say(lang, "size_other", span=size_label(size, lang))


def size_label(size: str, lang: str) -> str:
    """Size class on a key: a range with a dash.

    Examples
    --------
    >>> size_label("50-249", "en"), size_label("GE250", "en"), size_label("TOTAL", "fr")
    ('50–249', '250+', 'Total')
    """
    if size == "TOTAL":
        return codelists.label("SIZE", size, lang)
    span = size_range(size)
    if span is None:
        return size
    if span.upper is None:
        return f"{span.lower}+"
    return str(span.lower) if span.lower == span.upper else f"{span.lower}–{span.upper}"


def size_counted(size: str, dataset: str, lang: str) -> str:
    """Size class with what it counts.

    Examples
    --------
    >>> size_counted("1-4", "bd_size", "en"), size_counted("GE250", "sbs_sc_ovw", "en")
    ('1–4 employees', '250+ persons employed')
    """
    if size == "TOTAL":
        return size_label(size, lang)
    return say(lang, "class_of", span=size_label(size, lang), basis=basis(dataset, lang))


def basis(dataset: str, lang: str) -> str:
    """What the size classes of a table count."""
    flow = catalogue.entries().get(dataset)
    return str(words(lang)["basis"][flow.size_basis if flow else "persons_employed"])


def partial_of(geo: str) -> tuple[str, str, str] | None:
    """Aggregate, members summed and members in all, of a partial aggregate's name.

    Examples
    --------
    >>> partial_of("EU27_2020[18/27]"), partial_of("DE")
    (('EU27_2020', '18', '27'), None)
    """
    if not geo.endswith("]") or "[" not in geo:
        return None
    name, _, rest = geo[:-1].partition("[")
    some, _, of_all = rest.partition("/")
    return name, some, of_all


def place(geo: str, lang: str, inside: bool = False) -> str:
    """Place as charts name it; ``inside`` as it stands after "in" in English.

    Examples
    --------
    >>> place("EU27_2020[18/27]", "en"), place("EL", "de"), place("NL", "en", inside=True)
    ('EU27, partial (18\\xa0of\\xa027)', 'Griechenland', 'the Netherlands')
    """
    part = partial_of(geo)
    if part:
        return say(lang, "partial", geo=place(part[0], lang), some=part[1], all=part[2])
    names: dict[str, str] = words(lang)["geo"]
    if inside and geo in words(lang).get("geo_in", {}):
        return str(words(lang)["geo_in"][geo])
    return names.get(geo) or codelists.label("GEO", geo, lang)


def is_aggregate(geo: str) -> bool:
    """Whether a code stands for several countries, in whole or in part."""
    return partial_of(geo) is not None or geo in codelists.aggregates()
