"""Errors travel between processes as they are."""

import pickle

from sme_stats.errors import BreakError, UnknownNameError


def test_an_error_of_a_worker_arrives_whole():
    for error in (UnknownNameError("geo", "XX", ["DE", "FR"], "see show"), BreakError("2020/2021")):
        arrived = pickle.loads(pickle.dumps(error))
        assert type(arrived) is type(error) and str(arrived) == str(error)
        assert arrived.exit_code == error.exit_code
