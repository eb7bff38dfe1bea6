# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemons that may be restarted, and that none of them remains stopped."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import rpc_daemons
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.port_owners import Owner
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

STATD = Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)


@pytest.mark.parametrize("owner, service", [
    (STATD, "rpc-statd.service"),
    (STATD._replace(program="ypbind", unit="ypbind.service"), "ypbind.service"),
    (STATD._replace(program="python3"), None),
    (STATD._replace(unit=None), None),
    (STATD._replace(unit="session-3.scope"), None),
    (STATD._replace(unit="user@1000.service"), None),
    (STATD._replace(pid=None, program=None, unit=None), None),
])  # fmt: skip
def test_only_a_known_daemon_with_its_own_service_may_be_restarted(owner, service):
    assert rpc_daemons.Units(FakeCommands()).service(owner) == service


def test_without_systemd_the_init_script_that_exists_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(rpc_daemons, "INIT_FOLDER", str(tmp_path))
    daemons = rpc_daemons.InitScripts(FakeCommands())
    assert daemons.service(STATD) is None
    script = tmp_path / "rpc.statd"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert daemons.service(STATD) == str(script)
    assert daemons.service(STATD._replace(program="python3")) is None


def test_the_socket_unit_behind_systemd_is_named():
    sockets = "/run/x x.socket x.service\n[::]:623 bmc.socket bmc.service\n"
    commands = FakeCommands({"systemctl list-sockets": (0, sockets, "")})
    owner = STATD._replace(pid=1, program="systemd", unit="init.scope", port=623)
    assert rpc_daemons.Units(commands).clarified(owner).unit == "bmc.socket"
    assert rpc_daemons.Units(commands).clarified(owner._replace(port=664)).unit == "init.scope"
    assert rpc_daemons.Units(commands).clarified(STATD) == STATD


# What systemd shows of a unit that another one requires.
DEPENDENTS = {
    "systemctl show --property=RequiredBy": (0, "RequiredBy=b.service\nBoundBy=\n", ""),
    "systemctl show --property=Id": (
        0,
        "Id=a.service\nActiveState=active\n\nId=b.service\nActiveState=active\n\n"
        "Id=c.service\nActiveState=inactive\n",
        "",
    ),
}  # fmt: skip


def stopped(daemons, services, left_stopped=(), remember=lambda services: None):
    return rpc_daemons.stopped(daemons, services, left_stopped, remember)


def test_the_services_are_remembered_until_they_are_started_again():
    commands, remembered = FakeCommands(DEPENDENTS), []
    with stopped(rpc_daemons.Units(commands), ["a.service"], remember=remembered.append):
        assert remembered == [["a.service", "b.service"]]
    assert remembered[1:] == [[]]


def test_a_service_that_a_killed_run_left_stopped_is_started():
    commands, remembered = FakeCommands(), []
    with stopped(rpc_daemons.Units(commands), [], left_stopped=["a.service"], remember=remembered.append):
        assert commands.run == []
    assert commands.run == ["systemctl start a.service"] and remembered == [["a.service"], []]


def test_a_service_that_does_not_start_stays_remembered():
    commands, remembered = FakeCommands({"systemctl start": (1, "", "Job failed.")}), []
    with pytest.raises(HostError):
        with stopped(rpc_daemons.Units(commands), [], left_stopped=["a.service"], remember=remembered.append):
            pass
    assert remembered == [["a.service"]]


def test_units_that_stop_together_with_a_unit_are_started_again():
    commands = FakeCommands(DEPENDENTS)
    with stopped(rpc_daemons.Units(commands), ["a.service"]):
        assert commands.run[-1] == "systemctl stop a.service"
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_a_service_is_started_again_if_the_body_fails():
    commands = FakeCommands(DEPENDENTS)
    with pytest.raises(HostError, match="no ports"):
        with stopped(rpc_daemons.Units(commands), ["a.service"]):
            raise HostError("There are no ports.")
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_a_service_that_fails_to_stop_is_started_again():
    commands = FakeCommands(dict(DEPENDENTS, **{"systemctl stop": (1, "", "Job failed.\n")}))
    with pytest.raises(HostError, match="'systemctl stop a.service' failed: Job failed."):
        with stopped(rpc_daemons.Units(commands), ["a.service"]):
            raise AssertionError("nothing may be done while the daemon runs")
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_init_scripts_are_stopped_and_started_alike():
    commands = FakeCommands()
    with stopped(rpc_daemons.InitScripts(commands), ["/etc/init.d/nis"]):
        assert commands.run == ["/etc/init.d/nis stop"]
    assert commands.run == ["/etc/init.d/nis stop", "/etc/init.d/nis start"]


def test_without_conflicts_no_command_runs():
    commands = FakeCommands()
    with stopped(rpc_daemons.Units(commands), []):
        pass
    assert commands.run == []


def test_a_service_is_started_again_after_an_unexpected_error():
    commands = FakeCommands(DEPENDENTS)
    with pytest.raises(ZeroDivisionError):
        with stopped(rpc_daemons.Units(commands), ["a.service"]):
            1 / 0
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_two_failures_are_reported_in_their_order():
    commands, remembered = FakeCommands(dict(DEPENDENTS, **{"systemctl start": (1, "", "Job failed.")})), []
    with pytest.raises(HostError) as error:
        with stopped(rpc_daemons.Units(commands), ["a.service"], remember=remembered.append):
            raise HostError("There are no ports.")
    assert str(error.value) == (
        "There are no ports. Starting the stopped services failed as well: "
        "'systemctl start a.service b.service' failed: Job failed."
    )
    assert remembered == [["a.service", "b.service"]]
