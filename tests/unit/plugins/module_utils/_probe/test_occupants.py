# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a port: this collection's holder, a listener of another run, or a service."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._probe import occupants, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Endpoint

ENDPOINT = Endpoint("udp", "192.0.2.1", 623)


def owner(address, program):
    return port_owners.Owner("udp", address, 623, 12, program, program + ".service", False)


@pytest.fixture(autouse=True)
def host(monkeypatch, tmp_path):
    """A host where no program has the port."""
    monkeypatch.setattr(holder, "HELD", str(tmp_path / "held"))
    monkeypatch.setattr(rendezvous, "listener_at", lambda _place: None)
    monkeypatch.setattr(port_owners, "owners", lambda _port, _protocol: [])
    return tmp_path


def test_the_holder(host):
    (host / "held").write_text("udp 0.0.0.0 623\ntcp 0.0.0.0 664\n")
    assert occupants.find(ENDPOINT) == (occupants.HOLDER, "held (fleet.ports)")
    assert occupants.find(ENDPOINT._replace(protocol="tcp")).kind == occupants.SERVICE


def test_another_probe(monkeypatch):
    monkeypatch.setattr(rendezvous, "listener_at", lambda endpoint: 9 if endpoint == ENDPOINT else None)
    assert occupants.find(ENDPOINT) == (occupants.PROBE, "in use here by another probe (PID 9)")


def test_of_several_services_the_one_at_the_address(monkeypatch):
    owners = [owner("127.0.0.1", "rpc.statd"), owner("192.0.2.1", "dnsmasq")]
    monkeypatch.setattr(port_owners, "owners", lambda _port, _protocol: owners)
    assert str(occupants.find(ENDPOINT)) == "in use here by dnsmasq (PID 12, unit dnsmasq.service)"


def test_the_service_at_all_addresses(monkeypatch):
    monkeypatch.setattr(port_owners, "owners", lambda _port, _protocol: [owner("0.0.0.0", "dnsmasq")])
    assert str(occupants.find(ENDPOINT)) == "in use here by dnsmasq (PID 12, unit dnsmasq.service)"


def test_a_system_that_does_not_name_owners():
    assert str(occupants.find(ENDPOINT)) == "in use here by a program that this system does not name"
