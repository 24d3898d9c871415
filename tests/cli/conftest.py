"""Commands typed as in a shell, without one."""

import shlex

import pytest

from sme_stats.cli import main


@pytest.fixture
def run(capsys):
    def typed(line, *more):
        with pytest.raises(SystemExit) as end:
            main([*shlex.split(line), *more])
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return typed
