# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service manager, and firewalld itself, say about the services of packet filters."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import firewall_services
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import FirewallServices, Service
from ansible_collections.fleet.ports.plugins.module_utils._host import systemctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

SHOWN = """\
LoadState=not-found
ActiveState=inactive

ExecStart={ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft -f /etc/nftables.conf ; ignore_errors=no ; status=0/0 }
LoadState=loaded
ActiveState=active
UnitFileState=enabled
"""
ABSENT = Service(installed=False, enabled=False, active=False, exec_start="")


def services(answers, found=()):
    commands = FakeCommands(answers)
    return FirewallServices(Host(commands, lambda name: "/usr/bin/" + name if name in found else None)), commands


@pytest.fixture
def booted(tmp_path, monkeypatch):
    monkeypatch.setattr(systemctl, "BOOTED", str(tmp_path))


@pytest.fixture
def not_booted(tmp_path, monkeypatch):
    monkeypatch.setattr(systemctl, "BOOTED", str(tmp_path / "systemd"))
    monkeypatch.setattr(firewall_services, "RUNLEVELS", (str(tmp_path / "runlevels" / "*" / "{}"),))
    return tmp_path


def test_systemd_is_asked_once_for_both_services(booted):
    found, commands = services({"systemctl show": (0, SHOWN, "")})
    assert found.firewalld == ABSENT
    assert found.nftables.exec_start.split(" ; ")[1] == "argv[]=/usr/sbin/nft -f /etc/nftables.conf"
    assert found.nftables[:3] == (True, True, True)
    assert len(commands.run) == 1


@pytest.mark.parametrize(
    "state, enabled, active",
    [("enabled", True, False), ("enabled-runtime", True, False), ("disabled", False, False), ("masked", False, False)],
)
def test_a_service_that_starts_at_boot_is_enabled(booted, state, enabled, active):
    found, _commands = services({"systemctl": (0, SHOWN.replace("=inactive", f"=inactive\nUnitFileState={state}"), "")})
    assert (found.firewalld.enabled, found.firewalld.active) == (enabled, active)


def test_a_systemctl_that_fails_is_an_error_and_not_the_answer_that_there_is_no_firewalld(booted):
    found, _commands = services({"systemctl show": (1, "", "Failed to connect to bus: Connection refused\n")})
    with pytest.raises(HostError) as error:
        found.firewalld  # pylint: disable=pointless-statement
    assert str(error.value).startswith("'systemctl show ")
    assert str(error.value).endswith("failed: Failed to connect to bus: Connection refused.")


def test_without_systemd_and_firewalld_no_program_is_started(not_booted):
    found, commands = services({})
    assert (found.firewalld, found.nftables, commands.run) == (ABSENT, None, [])


@pytest.mark.parametrize("code, active", [(0, True), (251, True), (252, False)])
def test_without_systemd_firewalld_itself_says_whether_it_runs(not_booted, code, active):
    found, commands = services({"/usr/bin/firewall-cmd --state": (code, "", "")}, found=["firewall-cmd"])
    assert (found.firewalld.installed, found.firewalld.active, found.firewalld.enabled) == (True, active, False)
    assert commands.run == ["/usr/bin/firewall-cmd --state"]


def test_without_systemd_a_link_in_a_runlevel_starts_firewalld_at_boot(not_booted):
    (not_booted / "runlevels" / "default").mkdir(parents=True)
    (not_booted / "runlevels" / "default" / "firewalld").write_text("")
    found, _commands = services({"/usr/bin/firewall-cmd --state": (252, "", "")}, found=["firewall-cmd"])
    assert found.firewalld.enabled


def test_a_firewall_cmd_that_fails_otherwise_is_an_error(not_booted):
    found, _commands = services({"/usr/bin/firewall-cmd --state": (127, "", "No such file")}, found=["firewall-cmd"])
    with pytest.raises(HostError) as error:
        found.firewalld  # pylint: disable=pointless-statement
    assert str(error.value) == "'firewall-cmd --state' failed: No such file."
