"""Documents: numbers bound to claims by a mark, checked, proposed, written and brought up to date.

The grammar of a mark is documented in ``docs/documents.md`` and read by `marks`.
"""
