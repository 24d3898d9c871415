"""Sphinx: Markdown by MyST, docstrings by numpydoc, the furo theme; nothing from elsewhere.

`scripts/build_docs.py` copies this folder, adds what is generated, and builds the copy.
"""

from sme_stats import __version__

project = "sme_stats"
author = "The sme_stats founders"
copyright = "code Apache-2.0; figures © European Union, Eurostat, CC BY 4.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

numpydoc_show_class_members = False
autodoc_typehints = "none"  # numpydoc's Parameters say more
autodoc_member_order = "bysource"
default_role = "code"

html_theme = "furo"
html_title = f"sme_stats {version}"
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
# Without these, pages would differ between two builds of the same text.
html_theme_options = {"navigation_with_keys": False}
pygments_style = "default"
