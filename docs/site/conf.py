# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx makes the site: ``make docs`` lays the pages out for it, see tests/docs/site.py."""

from pathlib import Path

import yaml

_FOLDER = Path(__file__).resolve().parent
_galaxy = yaml.safe_load((_FOLDER.parents[1] / "galaxy.yml").read_text(encoding="utf-8"))

project = f"{_galaxy['namespace']}.{_galaxy['name']}"
author = "fleet.ports contributors"
copyright = f"2026 {author}"  # pylint: disable=redefined-builtin
version = release = str(_galaxy["version"])

extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
# Headings can be linked to, as on a forge.
myst_heading_anchors = 3
exclude_patterns = ["reference/environment_variables.rst"]
nitpicky = True
# Nothing is fetched while the site is made: the inventory is written beside its pages.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/ansible/latest/", "ansible.inv")}

highlight_language = "yaml"
html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = [str(_FOLDER / "static")]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#0b5c8c", "color-brand-content": "#0b5c8c"},
    "dark_css_variables": {"color-brand-primary": "#6cb8e6", "color-brand-content": "#6cb8e6"},
}
