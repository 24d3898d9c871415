"""Where the embedded figures and claims lie: in the wheel or in the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sme_stats.errors import NotAvailableError


@cache
def data_dir() -> Path:
    """Find the folder of the embedded data.

    Returns
    -------
    pathlib.Path
        ``sme_stats/_data`` in an installed wheel, ``data`` in a checkout.

    Raises
    ------
    NotAvailableError
        If neither is there, which means a broken installation.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_data", package.parent / "data"):
        if (folder / "snapshot" / "manifest.toml").is_file():
            return folder
    raise NotAvailableError(
        f"the embedded figures are missing beside {package}; install sme-stats again from its wheel"
    )
