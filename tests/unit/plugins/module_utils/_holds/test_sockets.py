# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sockets are to be held."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._holds.sockets import wanted
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

RMCP = {"port": 623, "protocol": "udp"}


def test_a_port_is_held_on_every_address_of_both_families():
    assert wanted([RMCP], []) == [Hold("udp", "0.0.0.0", 623), Hold("udp", "::", 623)]


def test_addresses_limit_it_and_are_spelled_in_one_way():
    assert wanted([RMCP], ["2001:0DB8::0021", "192.0.2.10"]) == [
        Hold("udp", "192.0.2.10", 623),
        Hold("udp", "2001:db8::21", 623),
    ]


def test_what_is_listed_twice_is_held_once():
    assert len(wanted([RMCP, dict(RMCP)], ["192.0.2.10", "192.0.2.10"])) == 1


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(port):
    with pytest.raises(HostError, match=r"^The port %d in 'holds' is outside of 1-65535\.$" % port):
        wanted([dict(RMCP, port=port)], [])


@pytest.mark.parametrize("address", ["", "host", "192.0.2.0/24", "192.0.2.256"])
def test_an_address_that_is_none(address):
    with pytest.raises(HostError, match="in 'addresses' is no IP address; write it as '192.0.2.10' or '2001:db8::10'"):
        wanted([RMCP], [address])


@pytest.mark.parametrize("address", ["fe80::1", "224.0.0.1", "ff02::1", "::ffff:192.0.2.1"])
def test_an_address_that_cannot_be_held_early(address):
    with pytest.raises(HostError, match="can't be held before its interface is up"):
        wanted([RMCP], [address])


def test_more_than_the_holder_can_keep():
    holds = [{"port": port, "protocol": "udp"} for port in range(1, 502)]
    with pytest.raises(HostError, match="asks for 1002 sockets, of which the holder keeps 1000 at most"):
        wanted(holds, [])
