"""One target under libFuzzer, in a process of its own; or one input once: ``fuzz.one tsv FILE``."""

from __future__ import annotations

import sys


def main() -> None:
    """Hand the instrumented target to libFuzzer, which never returns."""
    import atheris

    with atheris.instrument_imports(include=["sme_stats"]):
        from fuzz.targets import TARGETS
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
