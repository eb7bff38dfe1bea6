# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology file: in a slice the plans of the whole inventory, or a sentence about what is out of date."""

from __future__ import annotations

import json
import random

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import DEFAULT_GROUPS
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import topology_file

ROLE_GROUPS = read_role_groups("test", {})
REMEDY = "Run fleet.ports.plan again with the whole inventory"

GROUPS = {"all": ["m", "c1", "c2", "x"], "nim_masters": ["m"], "nim_clients": ["c2", "c1"]}
HOSTS = {
    "m": {"ansible_host": "192.0.2.1"},
    "c1": {"ansible_host": "198.51.100.1", "nim_communication": "rsh"},
    "c2": {"fleet_ports_addresses": ["198.51.100.2", "2001:db8::2"], "nfs_ports_mountd": None},
    "x": {},
}


def fleet(groups, hosts, scope=None, **options):
    request = Request({"on_conflict": "report", **options})
    return Fleet(groups, ROLE_GROUPS, hosts.__getitem__, request, *([scope] if scope else []))


@pytest.fixture(name="written")
def fixture_written(tmp_path):
    """Write the topology of a fleet, by default of the small one; return the path."""
    path = tmp_path / "topology.json"

    def write(groups=None, hosts=None, **options):
        path.write_text(fleet(groups or GROUPS, hosts or HOSTS, **options).topology_document(str(path)))
        return path

    return write


def cut(groups, names):
    """The groups as a slice with these hosts has them, the empty ones included."""
    return {group: [host for host in hosts if host in names] for group, hosts in groups.items()}


def in_slice(path, names, groups=None, hosts=None, **options):
    hosts = {name: (hosts or HOSTS)[name] for name in names}
    return fleet(cut(groups or GROUPS, names), hosts, topology_file.read(str(path)), **options)


def complaint(path, names, host="m", **changes):
    with pytest.raises(MatrixError) as error:
        in_slice(path, names, **changes).plan(host)
    return str(error.value)


SETTINGS = {
    "nim_domain": ("blue", "default"),
    "nim_state": ("active", "retired"),
    "nim_communication": ("nimsh", "rsh"),
    "nim_install": (["pull"], "push,pull"),
    "nim_nfs_version": (3, "4"),
    "nim_reserved_ports": ("600-1023", ["513-700", "800-1023"]),
    "nim_concurrent_operations": (2, "null"),
    "nim_master_port": (2058,),
    "nim_registration_port": ("2059",),
    "nim_http": ("true", False),
    "nim_interfaces": (["en1"],),
    "nim_client_networks": (["203.0.113.0/24"],),
    "nfs_ports_mountd": (20050, None),
    "nfs_ports_lockd": ("null", 4050),
    "nfs_ports_statd": ("auto", None),
    "port_blocker_ports": ([623],),
    "port_blocker_protocols": ("udp",),
    "fleet_ports_profile": ("documented", "working"),
    "fleet_ports_system": ("aix", "linux"),
}


def random_fleet(generator):
    names = [f"host{number}" for number in range(24)]
    hosts = {}
    for number, name in enumerate(names):
        hosts[name] = {"ansible_host": f"198.51.100.{number + 1}"}
        if generator.random() < 0.3:
            hosts[name] = {"fleet_ports_addresses": f"192.0.2.{number + 1}, 2001:db8::{number + 1:x}"}
        for variable, values in SETTINGS.items():
            if generator.random() < 0.15:
                hosts[name][variable] = generator.choice(values)
    groups = {group: generator.sample(names, generator.randint(1, 6)) for group in DEFAULT_GROUPS.values()}
    groups["nim_clients"] = generator.sample(names, 16)
    return {"all": names, **groups}, hosts


@pytest.mark.parametrize("seed", range(8))
def test_plans_in_slices_are_those_of_the_whole_inventory(written, seed):
    groups, hosts = random_fleet(random.Random(seed))
    path = written(groups, hosts)
    whole = fleet(groups, hosts)
    for number in range(4):
        names = groups["all"][number::4]
        part = in_slice(path, names, groups, hosts)
        for name in names:
            assert json.dumps(part.plan(name)) == json.dumps(whole.plan(name))
        if any(name in group for name in names for key, group in groups.items() if key != "all"):
            assert json.dumps(part.plans(names)) == json.dumps(
                {name: plan for name, plan in whole.plans(groups["all"]).items() if name in names}
            )
        assert part.hosts_with_role == whole.hosts_with_role


def test_every_setting_is_in_the_random_fleets():
    windows = {"nim_firewall_window", "nim_firewall_window_clients"}
    assert set(SETTINGS) | windows | {"fleet_ports_addresses"} == set(schema.VARIABLES)


def test_what_only_the_host_itself_reads_may_differ(written):
    own = {
        "nim_interfaces": "en1",
        "nim_client_networks": "203.0.113.0/24",
        "nim_firewall_window": "4h",
        "nim_firewall_window_clients": "c1",
        "fleet_ports_profile": "documented",
    }
    changed = {**HOSTS, "c1": {**HOSTS["c1"], **own}}
    path = written()
    assert in_slice(path, ["c1"], hosts=changed).plan("c1") == fleet(GROUPS, changed).plan("c1")
    assert fleet(GROUPS, changed).plan("m") == fleet(GROUPS, HOSTS).plan("m")


def test_a_host_that_the_inventory_changed_is_named(written):
    path = written()
    time = json.loads(path.read_text())["written"]
    changed = {**HOSTS, "c1": {**HOSTS["c1"], "nim_communication": "nimsh"}}
    assert complaint(path, ["m", "c1"], hosts=changed) == (
        "Host c1: nim_communication is 'nimsh' in this inventory and 'rsh' in "
        f"{path} (written {time}). {REMEDY}."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nim_http": "yes"}, "Host c1: nim_http is True in this inventory and not set in "),
        ({"ansible_host": "198.51.100.9"},
         "Host c1: ansible_host is '198.51.100.9' in this inventory and '198.51.100.1' in "),
        ({"fleet_ports_addresses": ["198.51.100.1"]},
         "Host c1: fleet_ports_addresses is ['198.51.100.1/32'] in this inventory and not set in "),
        ({"nim_communication": ""}, "Host c1: nim_communication is not set in this inventory and 'rsh' in "),
        ({"nim_domain": "blue"}, "Host c1: nim_domain is 'blue' in this inventory and not set in "),
    ],
)
@pytest.mark.parametrize("asked", ["m", "c1"])
def test_every_kind_of_difference_is_one(written, change, said, asked):
    changed = {**HOSTS, "c1": {**HOSTS["c1"], **change}}
    found = complaint(written(), ["m", "c1"], asked, hosts=changed)
    assert found.startswith(said)
    assert found.endswith(f". {REMEDY}.")


def test_the_same_value_in_other_words_is_no_difference(written):
    changed = {**HOSTS, "c1": {"ansible_host": "198.51.100.1", "nim_communication": "RSH"}}
    changed["c2"] = {"fleet_ports_addresses": "198.51.100.2/32,2001:DB8::2", "nfs_ports_mountd": "null"}
    assert in_slice(written(), ["m", "c1", "c2"], hosts=changed).plan("m") == fleet(GROUPS, HOSTS).plan("m")


@pytest.mark.parametrize("asked", ["m", "x"])
def test_a_host_more_in_a_group_is_named_whoever_asks(written, asked):
    more = {**GROUPS, "nim_clients": ["c2", "c1", "x"]}
    path = written()
    assert complaint(path, ["m", "x"], asked, groups=more).startswith(
        f"Host x has the role nim_client in this inventory, but not in {path} (written "
    )


def test_a_host_less_in_a_group_is_named(written):
    less = {**GROUPS, "nim_clients": ["c2"]}
    path = written()
    assert complaint(path, ["m", "c1"], groups=less).startswith(
        f"Host c1 has the role nim_client in {path} (written "
    )


def test_a_host_without_a_role_is_nobodys_business(written):
    path = written()
    changed = {**HOSTS, "x": {"nim_http": True, "ansible_host": "192.0.2.99"}}
    found = in_slice(path, ["x"], hosts=changed, roles=["nim_client"]).plan("x")
    assert found["peers"]["nim_master"] == ["192.0.2.1/32"]


def test_a_window_names_hosts_of_other_slices_but_no_groups(written):
    path = written()
    window = {"nim_firewall_window": "4h", "nim_firewall_window_clients": "c1"}
    changed = {**HOSTS, "m": {**HOSTS["m"], **window}}
    assert list(in_slice(path, ["m"], hosts=changed).plan("m")["window"]["clients"]) == ["c1"]
    window["nim_firewall_window_clients"] = "nim_clients"
    assert complaint(path, ["m"], hosts={**HOSTS, "m": {**HOSTS["m"], **window}}) == (
        "Host m: nim_firewall_window_clients names the group nim_clients. This inventory is one slice of a fleet, "
        "so not all hosts of the group are known. Name the hosts themselves, or set fleet_ports_sliced to false if "
        "this inventory has all hosts."
    )


def test_a_file_that_is_right_stays_as_it_is(written):
    path = written()
    path.write_text(path.read_text().replace('"written": "2', '"written": "1'))
    before = path.read_text()
    written()
    assert path.read_text() == before
    changed = {**HOSTS, "c1": HOSTS["x"]}
    written(hosts=changed)
    assert path.read_text() != before
    assert '"written": "2' in path.read_text()


def test_an_option_of_the_task_counts_in_the_file_as_in_the_plans(written):
    path = written(system="aix")
    assert in_slice(path, ["m"], system="aix").plan("m") == fleet(GROUPS, HOSTS, system="aix").plan("m")
    assert complaint(path, ["m"]).startswith("Host m: fleet_ports_system is not set in this inventory and 'aix' in ")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MatrixError) as error:
        topology_file.read(str(tmp_path / "topology.json"))
    assert str(error.value) == (
        f"fleet_ports_topology is '{tmp_path}/topology.json', but there is no such file. {REMEDY}, or correct the path."
    )


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(MatrixError) as error:
        topology_file.read(str(tmp_path))
    assert str(error.value) == f"Cannot read {tmp_path}: Is a directory."


def test_a_file_of_another_version(written):
    path = written()
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    assert complaint(path, ["m"]) == f"{path} has version 2, but this release reads version 1. {REMEDY}."


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-20],
        lambda text: text.replace("rsh", "nimsh"),
        lambda text: text.replace('"fingerprint": "', '"fingerprint": "0'),
        lambda text: text.replace('"fingerprint"', '"finger"'),
        lambda text: json.dumps(json.loads(text)),
        lambda text: "[]",
        lambda text: "\x00\xff",
        lambda text: '{"version": 1, "fingerprint": 1}',
        lambda text: "[" * 100000,
    ],
)
def test_a_file_that_is_damaged_or_edited(written, damage):
    path = written()
    path.write_text(damage(path.read_text()))
    assert complaint(path, ["m"]) == f"{path} is damaged or was edited. {REMEDY}."


@pytest.mark.parametrize("body", ['"roles": {}, "hosts": {}}', '"roles": [], "hosts": {}}', '"hosts": 1}'])
def test_a_file_that_someone_else_wrote(tmp_path, body):
    path = tmp_path / "topology.json"
    fingerprint = topology_file._fingerprint(body)
    path.write_text(f'{{"version": 1, "written": "now", "fingerprint": "{fingerprint}",\n{body}')
    assert complaint(path, ["m"]) == f"{path} is damaged or was edited. {REMEDY}."
