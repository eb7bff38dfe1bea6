# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small fleets in which every text from an inventory is hostile."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import ARGUMENT_SPEC, Request

from .texts import texts, values, words

# Names as an inventory can have them: Ansible allows nearly everything.
host_names = st.one_of(st.sampled_from(["nim01", "lpar7.example.org", "192.0.2.7"]), texts.filter(bool))

_good = {
    "nim_domain": st.sampled_from(
        ["default", "=1+1", "a|b", "<b>", "# x", "1. x", "`x`", "-x", "é", "a\u00a0b", "{{ x }}"]
    ),
    "nim_communication": st.sampled_from(["nimsh", "rsh"]),
    "nim_interfaces": st.lists(words, max_size=2),
    "nim_client_networks": st.sampled_from(["192.0.2.0/24", ["2001:db8::/32"], "192.0.2.1, 192.0.2.2"]),
    "nfs_ports_mountd": st.sampled_from([20048, "4045", "null"]),
    "nim_firewall_window": st.sampled_from(["4h", 60]),
}
_bad = {name: values for name in (*schema.VARIABLES, "ansible_host", "nim_comunication")}

variables = st.one_of(
    st.fixed_dictionaries({}, optional=_good),
    st.fixed_dictionaries({}, optional=_good),
    st.fixed_dictionaries({}, optional=_bad),
)

_ROLE_GROUPS = ("nim_masters", "nim_clients", "nim_resource_servers", "nim_gateways", "bmc_hosts", "pinned_nfs_servers")

fleets = st.lists(
    st.tuples(host_names, variables, st.lists(st.sampled_from(_ROLE_GROUPS), min_size=1, max_size=2)),
    min_size=1, max_size=4, unique_by=lambda host: host[0],
)  # fmt: skip

arguments = st.dictionaries(
    st.sampled_from([name for name in ARGUMENT_SPEC if name != "on_conflict"]), values, max_size=4
)


def fleet_of(hosts: list[tuple[str, Mapping, list[str]]], **options: object) -> tuple[Fleet, list[str]]:
    """The fleet of these hosts, and their names."""
    names = [name for name, _variables, _groups in hosts]
    groups: dict[str, list[str]] = {"all": names}
    variables_of = {}
    for number, (name, given, groups_of_host) in enumerate(hosts, 1):
        variables_of[name] = {"fleet_ports_addresses": [f"198.51.100.{number}"], **given}
        for group in groups_of_host:
            groups.setdefault(group, []).append(name)
    request = Request({"on_conflict": "report", **options})
    return Fleet(groups, read_role_groups("Host x", {}), variables_of.__getitem__, request), names
