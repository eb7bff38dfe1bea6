# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schema of inventory variables, and that roles, port_matrix and the documentation say the same.

A change of the schema makes these tests fail; what they expect is what belongs in the file that they name.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.module_utils._pins import aix
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list
from ansible_collections.fleet.ports.plugins.modules import firewall_flows, port_matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema, values
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import ARGUMENT_SPEC, VARIABLE_OF
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import host

COLLECTION = Path(schema.__file__).parents[3]
ALL = {**schema.VARIABLES, **schema.HOST_VARIABLES, **schema.RUN_VARIABLES}
SPECS = {
    path.parts[-3]: yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for path in COLLECTION.glob("roles/*/meta/argument_specs.yml")
}
OPTIONS = yaml.safe_load(port_matrix.DOCUMENTATION)["options"]


def plain(value):
    """A value as YAML has it: no tuples."""
    return list(value) if isinstance(value, tuple) else value


def form(variable):
    """What an argument spec says of a variable, besides its default and meaning."""
    kind = variable.kind
    declared = {"type": kind.type, "elements": kind.elements, "choices": list(kind.choices)}
    return {name: value for name, value in declared.items() if value}


def written(value):
    """A default as the documentation writes it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def default_phrase(option, variable):
    """The paragraph of an option of port_matrix about its variable."""
    name = "of the same name" if option == variable.name else f"C({variable.name})"
    default = plain(variable.default)
    if default in (None, []):
        return f"Overrides the variable {name}."
    each_default = default if isinstance(default, list) else [default]
    return f"Overrides the variable {name}, whose default is {' and '.join(f'V({written(each)})' for each in each_default)}."


@pytest.mark.parametrize("name", ALL)
def test_each_default_can_be_written_in_an_inventory(name):
    variable = ALL[name]
    if variable.default is not None:
        assert variable.read(plain(variable.default)) == variable.default
        assert variable.read(written(variable.default)) == variable.default


@pytest.mark.parametrize("name", [name for name, variable in ALL.items() if variable.kind.choices])
def test_each_choice_can_be_written_in_an_inventory(name):
    kind = ALL[name].kind
    for choice in kind.choices:
        assert kind.read(choice) == kind.read(str(choice)) == (choice if kind.elements is None else (choice,))


@pytest.mark.parametrize(
    "role, name", [(role, name) for name, variable in ALL.items() for role in variable.roles]
)
def test_the_role_documents_the_variable_as_the_schema_has_it(role, name):
    variable, option = ALL[name], dict(SPECS[role][name])
    assert option.pop("description")[0] == variable.meaning
    default = {} if variable.default is None else {"default": plain(variable.default)}
    assert option == {**form(variable), **default}


@pytest.mark.parametrize("role", SPECS)
def test_no_role_documents_another_variable_without_its_prefix(role):
    own = {name for name in SPECS[role] if name.startswith(f"{role}_")}
    assert set(SPECS[role]) - own <= {name for name, variable in ALL.items() if role in variable.roles}


@pytest.mark.parametrize("option", VARIABLE_OF)
def test_port_matrix_documents_the_option_as_the_schema_has_its_variable(option):
    variable, documented = schema.VARIABLES[VARIABLE_OF[option]], dict(OPTIONS[option])
    assert documented.pop("description")[:2] == [variable.meaning, default_phrase(option, variable)]
    assert documented == form(variable)


def test_port_matrix_has_an_option_for_each_variable_of_a_host():
    assert set(VARIABLE_OF.values()) == set(schema.VARIABLES)
    assert set(VARIABLE_OF) <= set(ARGUMENT_SPEC)


def table():
    """The table of docs/variables.md."""
    yield "| variable | type | default | meaning | source |"
    yield "| --- | --- | --- | --- | --- |"
    for variable in ALL.values():
        default = "unset" if variable.default in (None, ()) else f"`{written(variable.default)}`"
        meaning = re.sub(r"\b[VC]\(([^()]*)\)", r"`\1`", variable.meaning)
        yield f"| `{variable.name}` | {variable.kind.type} | {default} | {meaning} | {variable.source or ''} |"


def test_the_page_of_variables_has_the_table_of_the_schema():
    page = COLLECTION.joinpath("docs", "variables.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page


def test_facts_that_managed_nodes_need_as_well_are_the_same_there():
    """Neither side imports the other, so these stand on both."""
    assert values.LONGEST == window_list.LONGEST
    assert host.WHY_NOT_STATD == aix.WHY_NOT_STATD
    options = yaml.safe_load(firewall_flows.DOCUMENTATION)["options"]
    assert options["max_shrink"]["default"] == schema.RUN_VARIABLES["fleet_ports_max_shrink"].default
    on_blocked = schema.HOST_VARIABLES["nim_firewall_on_blocked"]
    assert (options["on_blocked"]["default"], tuple(options["on_blocked"]["choices"])) == (
        on_blocked.default, on_blocked.kind.choices,
    )  # fmt: skip
