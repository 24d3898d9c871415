"""``python -m sme_stats`` is the command ``sme-stats``."""

from sme_stats.cli import main

if __name__ == "__main__":
    main()
