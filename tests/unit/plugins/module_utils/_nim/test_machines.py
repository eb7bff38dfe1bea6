# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the objects of the NIM database to machines with roles."""


import pytest

from ansible_collections.fleet.ports.plugins.module_utils._nim import database, machines

TEXT = """\
master:
   class             = machines
   type              = master
   if1               = net_a nim01.example.com AA00
   if2               = net_b nim01-b 0 ent1
   master_port       = 2058
   registration_port = 1059
backup:
   class             = machines
   type              = alternate_master
   connect           = nimsh
   if1               = net_a nim02 0
lpar7:
   class             = machines
   type              = standalone
   connect           = nimsh (secure)
   if1               = net_b lpar7 0
lpar8:
   class             = machines
   type              = standalone
   if1               = net_b lpar8 0
   if10              = net_a lpar8-a 0
   if2               = net_b nowhere 0
vios1:
   class             = management
   type              = vios
   connect           = nimsh
   ip                = vios1
   mgmt_source       = cec1
hmc1:
   class             = management
   type              = hmc
   ip                = hmc1
ghost:
   class             = machines
   type              = standalone
   connect           = ssh
   if1               = net_b ghost 0
net_a:
   class             = networks
   type              = ent
   net_addr          = 192.0.2.0
   snm               = 255.255.255.0
net_b:
   class             = networks
   net_addr          = 2001:db8::
   snm               = 64
net_c:
   class             = networks
   net_addr          = 192.0.2.0
lpp:
   class             = resources
   server            = lpar8
   location          = /export/lpp
spot:
   class             = resources
   server            = master
"""

ADDRESSES = {
    "nim01.example.com": ["192.0.2.10"], "nim01-b": ["198.51.100.10", "192.0.2.10"], "nim02": ["192.0.2.11"],
    "lpar7": ["198.51.100.7"], "lpar8": ["198.51.100.8"], "lpar8-a": ["192.0.2.8"], "vios1": ["192.0.2.90"],
}  # fmt: skip


@pytest.fixture(name="found")
def fixture_found():
    return machines.topology(database.objects(TEXT), lambda name: ADDRESSES.get(name, []))


def test_roles(found):
    assert {name: machine["roles"] for name, machine in found.machines.items()} == {
        "master": ["nim_master"],
        "backup": ["nim_master", "nim_client"],
        "lpar7": ["nim_client"],
        "lpar8": ["nim_client", "nim_resource_server"],
        "vios1": ["nim_client"],
    }


def test_how_the_master_reaches_its_clients(found):
    assert {
        name: (machine["connect"], machine["variables"].get("nim_communication"))
        for name, machine in found.machines.items()
    } == {
        "master": (None, None),
        "backup": ("nimsh", "nimsh"),
        "lpar7": ("nimsh", "nimsh"),
        "lpar8": ("shell", "rsh"),
        "vios1": ("nimsh", "nimsh"),
    }


def test_addresses_are_those_of_all_interfaces_each_once(found):
    assert found.machines["master"]["variables"] == {
        "fleet_ports_addresses": ["192.0.2.10", "198.51.100.10"],
        "fleet_ports_system": "aix",
        "nim_master_port": "2058",
        "nim_registration_port": "1059",
    }
    assert found.machines["lpar8"]["hostnames"] == ["lpar8", "nowhere", "lpar8-a"]
    assert found.machines["lpar8"]["networks"] == ["net_b", "net_b", "net_a"]
    assert found.machines["lpar8"]["variables"]["fleet_ports_addresses"] == ["198.51.100.8", "192.0.2.8"]
    assert found.machines["vios1"]["variables"]["fleet_ports_addresses"] == ["192.0.2.90"]


def test_what_does_not_resolve_is_named(found):
    assert found.unresolved == [
        {"machine": "lpar8", "hostname": "nowhere"}, {"machine": "ghost", "hostname": "ghost"},
    ]


def test_networks(found):
    assert found.networks == {"net_a": "192.0.2.0/24", "net_b": "2001:db8::/64", "net_c": None}


def test_what_is_not_understood_is_a_sentence(found):
    assert found.warnings == [
        "The NIM machine ghost has connect = ssh, which is neither nimsh nor shell; the attribute is ignored."
    ]
