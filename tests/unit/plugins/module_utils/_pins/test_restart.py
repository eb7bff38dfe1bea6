# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strangers are refused, daemons are moved, and who stays elsewhere is named."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd, restart

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}


def owner(program, port, protocol="udp", pid=17, unit=None, closing=False):
    return port_owners.Owner(
        protocol=protocol, address="0.0.0.0", port=port, pid=pid, program=program, unit=unit, closing=closing
    )


@pytest.fixture
def sockets(monkeypatch):
    """The sockets of the host, a list to fill."""
    found = []
    monkeypatch.setattr(
        port_owners, "owners", lambda port, protocol: [o for o in found if (o.port, o.protocol) == (port, protocol)]
    )
    monkeypatch.setattr(lockd, "keeping_mount", lambda: None)
    monkeypatch.setattr(restart, "TIMEOUT", 0)
    return found


def test_a_program_that_uses_the_port_is_named_and_refused(sockets):
    sockets.append(owner("python3", 4046, unit="game.service"))
    with pytest.raises(HostError) as caught:
        restart.refuse_used_ports(PINS, {})
    assert str(caught.value) == (
        "udp port 4046, to which statd is to be pinned, is in use by python3 (PID 17, unit game.service) on 0.0.0.0; "
        "stop that program or pin statd to another port. Nothing was changed on this host."
    )


def test_a_daemon_at_its_pin_is_not_refused(sockets):
    sockets.append(owner("ganesha.nfsd", 20048))
    restart.refuse_used_ports(PINS, {"mountd": {"udp": [20048]}})


@pytest.mark.parametrize(
    "socket, observed",
    [
        (owner("rpc.statd", 20048), {}),
        (owner(None, 20048, pid=None), {"lockd": {"udp": [20048]}}),
        (owner(None, 20048, "tcp", pid=None, closing=True), {}),
    ],
)
def test_a_port_that_will_be_released_is_not_refused(sockets, socket, observed):
    sockets.append(socket)
    restart.refuse_used_ports(PINS, observed)


@pytest.mark.parametrize("socket", [owner("rpc.mountd", 4046), owner(None, 4046, pid=None)])
def test_a_daemon_that_is_not_pinned_does_not_move(sockets, socket):
    sockets.append(socket)
    with pytest.raises(HostError, match="udp port 4046, to which statd is to be pinned, is in use by "):
        restart.refuse_used_ports({"statd": 4046}, {"lockd": {"udp": [4046]}})


class Services:
    """A host whose daemons take their pin when they are restarted, if its port is free."""

    UNITS = {"statd": "statd.unit", "lockd": "server.unit", "mountd": "mountd.unit"}

    def __init__(self, **ports):
        self.ports = {daemon: {"udp": port, "tcp": port} for daemon, port in ports.items()}
        self.stubborn = []

    def read(self):
        return {
            daemon: {protocol: [port] for protocol, port in ports.items()}
            for daemon, ports in self.ports.items()
            if ports
        }

    def unit(self, daemon):
        return self.UNITS.get(daemon)

    def restart(self, unit):
        for daemon in ["lockd", "mountd"] if unit == "server.unit" else [unit.partition(".")[0]]:
            if daemon in self.ports and daemon not in self.stubborn:
                self._start(daemon)

    def _start(self, daemon):
        """Like rpc.statd: bind each protocol that is free, go on with the others."""
        self.ports[daemon] = {}
        for protocol in ("udp", "tcp"):
            if PINS[daemon] not in [ports.get(protocol) for ports in self.ports.values()]:
                self.ports[daemon][protocol] = PINS[daemon]
        if not self.ports[daemon]:
            raise HostError(f"'restart {daemon}' failed.")


def move(services):
    before = services.read()
    found = restart.units(PINS, before, services)
    assert restart.restarts(found) or not found
    return restart.restart_misplaced(PINS, found, before, services, services.read)


def test_nothing_is_restarted_that_is_at_its_pin(sockets):
    assert move(Services(**PINS)) == []
    assert move(Services()) == []


def test_only_what_is_elsewhere_is_restarted(sockets):
    services = Services(mountd=40000, lockd=4045, statd=4046)
    assert move(services) == ["mountd.unit"]
    assert services.read()["mountd"] == {"udp": [20048], "tcp": [20048]}


def test_the_server_takes_mountd_with_it(sockets):
    services = Services(mountd=40000, lockd=40001, statd=40002)
    assert restart.restarts(restart.units(PINS, services.read(), services)) == ["statd.unit", "server.unit"]
    assert move(services) == ["statd.unit", "server.unit"]


def test_pins_that_change_places(sockets):
    services = Services(mountd=4046, lockd=20048, statd=4045)
    move(services)
    assert services.read() == {daemon: {"udp": [port], "tcp": [port]} for daemon, port in PINS.items()}


def test_a_daemon_that_stays_on_another_port_is_named(sockets):
    services = Services(mountd=40000)
    services.stubborn = ["mountd"]
    sockets.append(owner("rpc.mountd", 40000, "tcp", unit="nfs-mountd.service"))
    with pytest.raises(HostError) as caught:
        move(services)
    assert str(caught.value) == (
        "mountd is registered with rpcbind at tcp port 40000, which is used by rpc.mountd (PID 17, unit "
        "nfs-mountd.service), "
        "instead of its pin 20048, although mountd.unit was restarted."
    )


def test_a_daemon_that_did_not_come_back(sockets, monkeypatch):
    services = Services(statd=40000)
    monkeypatch.setattr(services, "_start", lambda daemon: services.ports.pop(daemon, None))
    with pytest.raises(HostError) as caught:
        move(services)
    assert str(caught.value) == (
        "statd is no longer registered with rpcbind for tcp and udp since statd.unit was restarted to pin it to "
        "4046; see its log."
    )


def test_a_daemon_without_a_service_cannot_be_restarted(sockets):
    services = Services(mountd=40000)
    services.UNITS = {}
    with pytest.raises(HostError) as caught:
        restart.units(PINS, services.read(), services)
    assert str(caught.value) == (
        "mountd is registered with rpcbind at tcp port 40000, which no program uses, instead of its pin 20048; no "
        "running service of nfs-utils runs it: restart the daemon yourself, or leave it unpinned."
    )


def test_a_client_whose_lockd_is_in_use(sockets):
    services = Services(lockd=40000)
    services.UNITS = {}
    with pytest.raises(HostError, match="no NFS server runs here .* unmount all NFSv3 mounts, or reboot this host[.]$"):
        restart.units(PINS, services.read(), services)


def test_a_server_that_would_be_restarted_in_vain(sockets, monkeypatch):
    monkeypatch.setattr(lockd, "keeping_mount", lambda: "/mnt")
    services = Services(lockd=40000)
    with pytest.raises(HostError, match="the NFSv3 mount /mnt keeps it there: unmount all such mounts, or reboot"):
        restart.units(PINS, services.read(), services)
