"""A dataset: the fields of the catalogue, and the cells in one of Eurostat's formats."""

from pathlib import Path

ENTRY = {
    "title": "Synthetic example: enterprises by size, no real figures",
    "family": "sbs",
    "dimensions": ["freq", "indic_sbs", "nace_r2", "size_emp", "geo"],
    "population": "B-S_X_O_S94",
    "size_basis": "persons_employed",
    "size_partition": ["0-9", "10-19", "20-49", "50-249", "GE250"],
    "years": [2022, 2023],
    "caveat": "synthetic: invented to show how a dataset is added",
    "cells": Path(__file__).with_name("cells.tsv"),
    "vintage": "2026-01-01",
}
