# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets that have to be held, and the addresses of an interface."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import sockets
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._holds.sockets import wanted
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

RMCP = {"port": 623, "protocol": "udp"}


def test_a_port_is_held_on_every_address_of_both_families():
    assert wanted([RMCP], []) == [Hold("udp", "0.0.0.0", 623), Hold("udp", "::", 623)]


def test_addresses_limit_it_and_are_normalised():
    assert wanted([RMCP], ["2001:0DB8::0021", "192.0.2.10"]) == [
        Hold("udp", "192.0.2.10", 623),
        Hold("udp", "2001:db8::21", 623),
    ]


def test_what_is_listed_twice_is_held_once():
    assert len(wanted([RMCP, dict(RMCP)], ["192.0.2.10", "192.0.2.10"])) == 1


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_invalid_port_is_refused(port):
    with pytest.raises(HostError, match=r"^Invalid port %d in 'holds': it is not in the range 1-65535\.$" % port):
        wanted([dict(RMCP, port=port)], [])


@pytest.mark.parametrize("address", ["", "host", "192.0.2.0/24", "192.0.2.256"])
def test_an_invalid_address_is_refused(address):
    with pytest.raises(HostError, match=f"^Invalid IP address {address!r} in 'addresses'. Valid examples: "):
        wanted([RMCP], [address])


@pytest.mark.parametrize("address", ["fe80::1", "224.0.0.1", "ff02::1", "::ffff:192.0.2.1"])
def test_an_address_that_cannot_be_bound_at_boot_is_refused(address):
    with pytest.raises(HostError, match=f"^Address {address!r} in 'addresses' cannot be held: multicast, link-local"):
        wanted([RMCP], [address])


def test_more_sockets_than_the_holder_can_keep_are_refused():
    holds = [{"port": port, "protocol": "udp"} for port in range(1, 502)]
    with pytest.raises(HostError, match="^'holds' needs 1002 sockets, but the holder can keep only 1000. Hold fewer"):
        wanted(holds, [])


def test_as_many_sockets_as_the_holder_can_keep_are_accepted():
    assert len(wanted([{"port": port, "protocol": "udp"} for port in range(1, 501)], [])) == 1000


@pytest.mark.parametrize("port", [1, 65535])
def test_the_first_and_the_last_port_are_valid(port):
    assert wanted([dict(RMCP, port=port)], ["192.0.2.10"]) == [Hold("udp", "192.0.2.10", port)]


OUTPUT = """\
2: eth1    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth1\\       valid_lft forever preferred_lft forever
2: eth1    inet 192.0.2.11/24 scope global secondary eth1\\       valid_lft forever preferred_lft forever
2: eth1    inet6 2001:db8::10/64 scope global \\       valid_lft forever preferred_lft forever
2: eth1    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
"""


@pytest.fixture
def interfaces(tmp_path, monkeypatch):
    for name in ("eth0", "eth1"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sockets, "INTERFACES", str(tmp_path))


def test_an_interface_has_all_its_addresses_but_the_link_local_ones(interfaces):
    def run(command):
        assert command == ["ip", "-oneline", "address", "show", "dev", "eth1"]
        return 0, OUTPUT, ""

    assert sockets.addresses_of(run, "eth1") == ["192.0.2.10", "192.0.2.11", "2001:db8::10"]


def test_a_missing_interface_is_refused(interfaces):
    with pytest.raises(HostError, match=r"^This host has no interface 'eth7'\. Its interfaces are eth0, eth1\.$"):
        sockets.addresses_of(lambda command: (0, OUTPUT, ""), "eth7")


def test_an_interface_without_an_address_is_refused(interfaces):
    with pytest.raises(HostError, match="^Interface 'eth0' has no address to hold ports on. Set 'addresses' instead.$"):
        sockets.addresses_of(lambda command: (0, "", ""), "eth0")


def test_an_ip_that_fails_is_no_interface_without_addresses(interfaces):
    with pytest.raises(HostError, match="^'ip -oneline address show dev eth0' failed: Cannot open netlink socket.$"):
        sockets.addresses_of(lambda command: (1, "", "Cannot open netlink socket\n"), "eth0")
