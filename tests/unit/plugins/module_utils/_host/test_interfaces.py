# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of an interface."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import interfaces as _interface_addresses
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

OUTPUT = """\
2: eth1    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth1\\       valid_lft forever preferred_lft forever
2: eth1    inet 192.0.2.11/24 scope global secondary eth1\\       valid_lft forever preferred_lft forever
2: eth1    inet6 2001:db8::10/64 scope global \\       valid_lft forever preferred_lft forever
2: eth1    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
"""


@pytest.fixture(autouse=True)
def interfaces(tmp_path, monkeypatch):
    for name in ("eth0", "eth1"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(_interface_addresses, "INTERFACES", str(tmp_path))


def test_all_but_those_of_the_link_are_its_addresses():
    addresses = _interface_addresses.addresses(lambda command: (0, OUTPUT, ""), "eth1")
    assert addresses == ["192.0.2.10", "192.0.2.11", "2001:db8::10"]


def test_an_interface_that_is_not_there():
    with pytest.raises(HostError, match=r"^This host has no interface 'eth7'; it has eth0, eth1\.$"):
        _interface_addresses.addresses(lambda command: (0, OUTPUT, ""), "eth7")


def test_an_interface_without_an_address():
    with pytest.raises(HostError, match=r"^The interface 'eth0' has no address to hold ports on"):
        _interface_addresses.addresses(lambda command: (0, "", ""), "eth0")
