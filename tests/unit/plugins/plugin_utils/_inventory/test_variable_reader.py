# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading Ansible's variables."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleUndefinedVariable

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader

GROUPS = {"all": ["m1", "m2", "c1", "c2"], "ungrouped": [], "masters": ["m1", "m2"], "clients": ["c1", "c2"]}


def test_the_host_of_the_task_is_read_with_its_task_s_variables():
    task_vars = {
        "inventory_hostname": "m1",
        "nim_domain": "{{ blue }}",
        "hostvars": {"m1": {"nim_domain": "inventory"}, "c1": {"nim_domain": "green"}},
    }
    read = variable_reader.reader(task_vars, lambda value: value.replace("{{ blue }}", "blue"))
    assert read("m1")["nim_domain"] == "blue"
    assert read("c1")["nim_domain"] == "green"
    assert "nim_http" not in read("c1")


def test_a_template_that_fails_is_a_sentence_about_host_and_variable():
    def template(value):
        raise AnsibleUndefinedVariable("'blue' is undefined")

    read = variable_reader.reader({"inventory_hostname": "m1", "nim_domain": "{{ blue }}", "hostvars": {}}, template)
    with pytest.raises(MatrixError) as error:
        read("m1").get("nim_domain")
    assert str(error.value).startswith("Host m1: nim_domain cannot be templated: 'blue' is undefined")


def test_a_template_that_comes_back_as_it_is_was_not_understood():
    read = variable_reader.reader({"inventory_hostname": "m1", "hostvars": {"c1": {"nim_domain": "{{ blue }}"}}}, None)
    with pytest.raises(MatrixError) as error:
        read("c1").get("nim_domain")
    assert str(error.value) == "Host c1: nim_domain cannot be templated: something in '{{ blue }}' is undefined."


@pytest.mark.parametrize(
    "hosts, names",
    [
        ("m1", ["m1"]),
        ("clients", ["c1", "c2"]),
        ("masters:clients:!c1", ["m1", "m2", "c2"]),
        ("masters,c2", ["m1", "m2", "c2"]),
        (["c2", "masters", "c2"], ["c2", "m1", "m2"]),
        ("!c1", ["m1", "m2", "c2"]),
        (["masters", "clients", "!c1"], ["m1", "m2", "c2"]),
        (["!c1", "clients"], ["c2"]),
        (("all", "&clients"), ["c1", "c2"]),
        (["clients[0]", "m2"], ["c1", "m2"]),
    ],
)
def test_hosts_by_name_and_pattern(hosts, names):
    assert variable_reader.host_names(hosts, GROUPS) == names


@pytest.mark.parametrize(
    "hosts, named",
    [
        ("masterz", "masterz"),
        (["m1", "masterz"], "masterz"),
        (["masterz", "!m1"], "masterz"),
        (["masters", "!masters"], "masters,!masters"),
    ],
)
def test_hosts_that_there_are_not(hosts, named):
    with pytest.raises(MatrixError) as error:
        variable_reader.host_names(hosts, GROUPS)
    assert str(error.value) == (
        f"hosts: '{named}' matches no host of the inventory. Name a host, a group or a pattern."
    )
