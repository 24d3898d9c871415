"""Indicators: observation frame in, observation frame out, with value, lower, upper, unit, flag."""
