# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routes, as the kernel of a small host answers."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.routes import BROADCAST, LOCAL, UNICAST, Routes
from ansible_collections.fleet.ports.tests.unit.fakes import small_host

ADDRESSES = {
    "192.0.2.7": [UNICAST, "eth0", "192.0.2.10", True],
    "198.51.100.7": [UNICAST, "eth0", "192.0.2.10", True],
    "203.0.113.7": [UNICAST, "eth1", "10.0.0.1", True],
    "192.0.2.10": [LOCAL, "lo", "192.0.2.10", False],
    "192.0.2.255": [BROADCAST, "eth0", "192.0.2.10", False],
    "127.0.0.1": [LOCAL, "lo", "127.0.0.1", False],
    "2001:db8::7": [UNICAST, "eth0", "2001:db8::10", True],
    "2001:db8:2::7": [UNICAST, "eth0", "2001:db8::10", True],
    "2001:db8::10": [LOCAL, "lo", "2001:db8::10", False],
    "198.18.0.9": [None, None, None, False],
}


@pytest.fixture(name="answers", scope="module")
def fixture_answers():
    """What the kernel says about each address, also when it is asked again."""
    small_host.require()

    def ask():
        routes = Routes()
        names = {int(line.split(":")[0]): line.split()[1].rstrip(":").partition("@")[0] for line in links()}
        found = {}
        for address in list(ADDRESSES) * 2:
            route = routes.to(address)
            answer = [route.kind, names[route.interface], route.source] if route else [None] * 3
            found[address] = answer + [routes.leads_outside(address)]
        routes.close()
        return found

    def links():
        return small_host.run([small_host.find("ip"), "-o", "link"])[1].splitlines()

    return small_host.inside(ask, commands=["ip route add unreachable 198.18.0.0/15"])


@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_the_route_to_an_address(answers, address):
    assert answers[address] == ADDRESSES[address]


@pytest.mark.parametrize("address", ["", "eth0", "192.0.2", "2001:db8::10%eth0"])
def test_what_is_no_address_is_an_error_of_the_system(address):
    small_host.require()

    def ask():
        try:
            Routes().to(address)
        except OSError:
            return "refused"
        return "answered"

    assert small_host.inside(ask) == "refused"
