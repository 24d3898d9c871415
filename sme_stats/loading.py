r"""load(): cells of a dataflow from the snapshot, the store or Eurostat, as observation frame.

Which source ``auto`` takes, in this order:

1. the local store, if it holds the table (in the vintage asked for, if one is);
2. the embedded snapshot, if it holds the table (and is of that vintage), or the plugin that
   brings it with its cells;
3. Eurostat, if neither does, no vintage is asked for and ``SME_STATS_OFFLINE`` is not set. A code
   that is within a letter or two of a known one is taken for a slip and never asked for.
"""

from __future__ import annotations

import difflib
from typing import Any

import pandas as pd

from sme_stats import catalogue, codelists
from sme_stats.errors import NotAvailableError, SourceError, UnknownNameError, UsageError
from sme_stats.frame import DIMENSIONS, as_list, select
from sme_stats.sources import brought, folders, snapshot
from sme_stats.sources.codes import check_codes

SOURCES = ("auto", "snapshot", "store", "live")


def load(
    dataset: str, /, source: str = "auto", vintage: str | None = None, **filters: object
) -> pd.DataFrame:
    r"""Load cells of a dataflow into the observation frame.

    Parameters
    ----------
    dataset : str
        Eurostat's code (``"sbs_sc_ovw"``), or ``"releases"`` for rounded figures that were only
        printed. Any table of Eurostat's loads from the store or live; a harmonised measure have
        those of the catalogue.
    source : {"auto", "snapshot", "store", "live"}
        Where cells come from. ``auto``: the store if it has the table, else the embedded
        snapshot, else Eurostat (see `sme_stats.loading`). ``live`` asks Eurostat: with filters for
        those cells only, without for the whole table, which the store then keeps.
    vintage : str, optional
        Pin the table's last update (``"2026-03-10"``), in the store or the snapshot. Default: the
        newest at hand.
    **filters
        Dimension (the frame's name or Eurostat's) to one code or several: ``geo=["DE", "FR"]``,
        ``size="GE250"``, ``measure="persons_employed"``, ``year=range(2021, 2025)``.

    Returns
    -------
    pandas.DataFrame
        Observation frame: ``dataset``, ``vintage``, ``indic``, ``measure``, ``unit``, ``nace``,
        ``size``, ``geo``, ``year``, ``value``, ``flag``, ``conf``; ``age`` in business demography;
        ``lower``, ``upper`` and ``source`` for releases. A withheld cell has ``conf`` C and no
        value. Source: Eurostat, © European Union, CC BY 4.0.

    Raises
    ------
    UnknownNameError
        If the dataset, a dimension or a code does not exist; names the nearest that do.
    UsageError
        If a filter is empty.
    NotAvailableError
        If a code exists but the tables at hand do not have it. Never an empty frame.
    SourceError
        If Eurostat had to be asked and gave no usable answer.

    Examples
    --------
    >>> cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023, measure="enterprises")
    >>> dict(zip(cells["size"], cells["value"]))["GE250"]
    54256.0

    A withheld cell has no value:

    >>> withheld = load("sbs_sc_ovw", geo="PT", year=2021, size="GE250", indic="EMP_NR")
    >>> withheld[["value", "conf"]].to_dict("list")
    {'value': [nan], 'conf': ['C']}

    >>> load("sbs_sc_ovw", geo="GR")
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown geo: 'GR'; valid: EL; Eurostat writes EL
    """
    if source not in SOURCES:
        raise UnknownNameError("source", source, SOURCES)
    for name, wanted in filters.items():
        if wanted is not None and not as_list(wanted):
            raise UsageError(f"{name} asks for no code at all; leave it out to have every one")
    code = dataset.lower()
    where = _choose(code, vintage) if source == "auto" else source
    if where == "snapshot":
        return _from_snapshot(code, vintage, filters)
    if where == "plugin":
        return brought.load(code, filters)
    if where == "store":
        from sme_stats.sources import slices
        from sme_stats.sources.store import Store

        return slices.read(Store(), code, vintage, filters)
    return _from_eurostat(code, vintage, filters, guess=source == "auto")


def at_hand(dataset: str, source: str = "auto", vintage: str | None = None) -> bool:
    """Whether cells come from the store, the snapshot or a plugin; else Eurostat is asked.

    Examples
    --------
    >>> at_hand("sbs_sc_ovw"), at_hand("sbs_sc_ovw", "live")
    (True, False)
    """
    where = _choose(dataset.lower(), vintage) if source == "auto" else source
    return where != "live"


def _choose(code: str, vintage: str | None) -> str:
    part = snapshot.manifest().get(code)
    kept = [] if code == "releases" else folders.vintages(folders.cache_dir(), code)
    if kept and (vintage is None or vintage in kept):
        return "store"
    if part and (vintage is None or vintage == part.vintage):
        return "snapshot"
    if brought.has(code) and vintage in (None, catalogue.find(code).vintage):
        return "plugin"
    if vintage is not None:
        known = [*kept, *([part.vintage] if part else [])]
        raise UnknownNameError(f"vintage of {code}", vintage, known)
    if code not in catalogue.entries():
        _refuse_slip(code)
    if folders.offline():
        raise NotAvailableError(
            f"{code} is neither in the store nor in the embedded snapshot, and SME_STATS_OFFLINE "
            f"is set; fetch it once online with `sme-stats fetch {code}`"
        )
    return "live"


def _refuse_slip(code: str) -> None:
    if difflib.get_close_matches(code, catalogue.entries(), n=1, cutoff=0.85):
        raise UnknownNameError("dataset", code, catalogue.entries())


def _from_snapshot(code: str, vintage: str | None, filters: dict[str, object]) -> pd.DataFrame:
    parts = snapshot.manifest()
    if code not in parts:
        catalogue.find(code)
        raise NotAvailableError(
            f"{code} is not in the embedded snapshot; fetch it with `sme-stats fetch {code}`"
        )
    if vintage not in (None, parts[code].vintage):
        raise UnknownNameError(f"vintage of the embedded {code}", vintage, [parts[code].vintage])
    frame = snapshot.whole(code)
    check_codes(frame, f"the embedded {code}", filters)
    return select(frame, f"the embedded {code}", **filters).copy()


def _from_eurostat(
    code: str, vintage: str | None, filters: dict[str, object], *, guess: bool
) -> pd.DataFrame:
    from sme_stats.sources import slices
    from sme_stats.sources.client import Client
    from sme_stats.sources.eurostat import Eurostat

    if vintage is not None:
        raise NotAvailableError(
            f"Eurostat serves only the newest version of {code}; a vintage is kept by fetching it "
            "while it is the newest, and read with source='store'"
        )
    known = code in catalogue.entries()
    # A code that nobody asked to be looked up is not worth a minute of attempts.
    eurostat = Eurostat(Client(attempts=5 if known or not guess else 2))
    try:
        if any(wanted is not None for wanted in filters.values()):
            return eurostat.load(code, filters)
        return slices.read(eurostat.store, code, eurostat.fetch(code).vintage, {})
    except SourceError as error:
        if known or not guess:
            raise
        raise UnknownNameError(
            "dataset", code, catalogue.entries(), f"and Eurostat could not say more: {error}"
        ) from None


def tables(*names: str) -> list[pd.DataFrame]:
    """Load whole parts of the snapshot for reading only; all of them by default."""
    return [snapshot.whole(name) for name in (names or snapshot.manifest())]


def datasets(search: str = "", source: str = "auto") -> pd.DataFrame:
    """List the dataflows that can be loaded.

    Parameters
    ----------
    search : str, optional
        Keep those whose code and title together contain each of these words.
    source : {"auto", "snapshot", "store", "live"}
        ``auto`` lists the tables of the catalogue and what the store has beside them;
        ``snapshot`` the embedded ones, ``store`` the fetched ones; ``live`` Eurostat's whole
        table of contents.

    Returns
    -------
    pandas.DataFrame
        ``dataset``, ``title``, ``source`` (where `load` takes its cells from: ``live`` where
        Eurostat has to be asked), ``population``, ``size_basis``, ``years``, ``rows``,
        ``vintage``, ``coverage``, ``caveat``: one row a dataflow; rows, vintage and coverage of
        the newest copy at hand. Live: ``dataset``, ``title``, ``type``, ``vintage``, ``years``.

    Raises
    ------
    UnknownNameError
        If there is no such source.
    NotAvailableError
        If no dataflow matches.

    Examples
    --------
    >>> datasets("demography", source="snapshot")["dataset"].tolist()
    ['bd_size', 'bd_9bd_sz_cl_r2']
    >>> found = datasets("legal form")
    >>> found["dataset"].tolist()
    ['bd_l_form', 'bd_9ac_l_form_r2']
    """
    from sme_stats.sources.listings import listed

    if source not in SOURCES:
        raise UnknownNameError("source", source, SOURCES)
    found = listed(search, source)
    if found.empty:
        asked = f" whose code or title contains {search!r}" if search else ""
        else_ = "" if source == "live" else "; the source live lists all of Eurostat's"
        raise NotAvailableError(f"the source {source} has no dataflow{asked}{else_}")
    return found


def labels(codelist: str, lang: str = "en", dataset: str = "") -> dict[str, str]:
    """Labels of a codelist.

    Parameters
    ----------
    codelist : str
        ``"geo"``, ``"size"``, ``"nace"``, ``"age"``, ``"unit"`` or ``"measure"``; with `dataset`
        any dimension of that table, in Eurostat's name.
    lang : {"en", "fr", "de"}
        Where a list has no label in it, the English one is given.
    dataset : str, optional
        Ask Eurostat for the labels of the codes that this table uses.

    Returns
    -------
    dict
        Code to label, in the order of the list.

    Raises
    ------
    UnknownNameError
        If there is no such list.

    Examples
    --------
    >>> labels("size")["GE250"]
    '250 persons employed or more'
    """
    if dataset:
        from sme_stats.sources.metadata import Metadata

        return Metadata().labels(dataset, codelist, lang)
    name = DIMENSIONS.get(codelist, codelist).upper()
    known = ("GEO", "SIZE", "NACE", "AGE", "UNIT", "MEASURE")
    if name not in known:
        raise UnknownNameError("codelist", codelist, [k.lower() for k in known])
    return {code: codelists.label(name, code, lang) for code in codelists.table(name)}


def __getattr__(name: str) -> Any:
    # What keeps and compares vintages: a module of its own, imported when it is used.
    if name in ("fetch", "vintages", "diff", "show", "lock"):
        from sme_stats.sources import keeping

        return getattr(keeping, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
