"""One dataset, one indicator, one chart: each in a module that is imported when it is used."""
