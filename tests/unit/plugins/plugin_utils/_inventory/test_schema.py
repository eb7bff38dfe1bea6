# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables: their defaults, and the sentence about one that cannot be read."""

from __future__ import annotations

import glob
import os

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema

COLLECTION = os.path.join(os.path.dirname(schema.__file__), "..", "..")


def documented_options():
    """(role, variable, its specification) for each variable of ours that a role documents."""
    for path in sorted(glob.glob(os.path.join(COLLECTION, "roles", "*", "meta", "argument_specs.yml"))):
        with open(path, encoding="utf-8") as file:
            specs = yaml.safe_load(file)["argument_specs"]
        for name, option in specs["main"]["options"].items():
            if name in schema.VARIABLES:
                yield os.path.relpath(path, COLLECTION).split(os.sep)[1], name, option


@pytest.mark.parametrize("role, name, option", list(documented_options()))
def test_roles_document_the_default_that_holds(role, name, option):
    """A default that depends on the catalog's ports is told in words."""
    if "default" in option:
        assert schema.VARIABLES[name].read(option["default"]) == schema.VARIABLES[name].default


def test_each_default_could_be_written_by_a_person():
    for name, variable in schema.VARIABLES.items():
        value = list(variable.default) if isinstance(variable.default, tuple) else variable.default
        assert variable.read(value) == variable.default, name
