# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemons that may be restarted, and that none of them stays stopped."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import rpc_daemons
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.port_owners import Owner

STATD = Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)


class Commands:
    """A run_command that remembers, and says what it was told to say."""

    def __init__(self, answers=None):
        self.run = []
        self.answers = answers or {}

    def __call__(self, command):
        self.run.append(" ".join(command))
        for start, answer in self.answers.items():
            if self.run[-1].startswith(start):
                return answer
        return 0, "", ""


@pytest.mark.parametrize("owner, service", [
    (STATD, "rpc-statd.service"),
    (STATD._replace(program="ypbind", unit="ypbind.service"), "ypbind.service"),
    (STATD._replace(program="python3"), None),
    (STATD._replace(unit=None), None),
    (STATD._replace(unit="session-3.scope"), None),
    (STATD._replace(unit="user@1000.service"), None),
    (STATD._replace(pid=None, program=None, unit=None), None),
])  # fmt: skip
def test_a_known_daemon_in_a_unit_of_its_own_may_be_restarted(owner, service):
    assert rpc_daemons.Units(Commands()).service(owner) == service


def test_without_systemd_it_is_the_init_script_that_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(rpc_daemons, "INIT_FOLDER", str(tmp_path))
    daemons = rpc_daemons.InitScripts(Commands())
    assert daemons.service(STATD) is None
    script = tmp_path / "rpc.statd"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert daemons.service(STATD) == str(script)
    assert daemons.service(STATD._replace(program="python3")) is None


def test_the_socket_unit_behind_systemd_is_named():
    commands = Commands({"systemctl list-sockets": (0, "/run/x x.socket x.service\n[::]:623 bmc.socket bmc.service\n", "")})
    owner = STATD._replace(pid=1, program="systemd", unit="init.scope", port=623)
    assert rpc_daemons.Units(commands).clarified(owner).unit == "bmc.socket"
    assert rpc_daemons.Units(commands).clarified(owner._replace(port=664)).unit == "init.scope"
    assert rpc_daemons.Units(commands).clarified(STATD) == STATD


# What systemd shows of a unit that others need.
DEPENDENTS = {
    "systemctl show --property=RequiredBy": (0, "RequiredBy=b.service\nBoundBy=\n", ""),
    "systemctl show --property=Id": (
        0, "Id=a.service\nActiveState=active\n\nId=b.service\nActiveState=active\n\nId=c.service\nActiveState=inactive\n", ""
    ),
}  # fmt: skip


def stopped(daemons, services, down=(), remember=lambda services: None):
    return rpc_daemons.stopped(daemons, services, down, remember)


def test_what_has_to_be_started_is_remembered_until_it_is():
    commands, remembered = Commands(DEPENDENTS), []
    with stopped(rpc_daemons.Units(commands), ["a.service"], remember=remembered.append):
        assert remembered == [["a.service", "b.service"]]
    assert remembered[1:] == [[]]


def test_what_a_killed_run_left_stopped_is_started():
    commands, remembered = Commands(), []
    with stopped(rpc_daemons.Units(commands), [], down=["a.service"], remember=remembered.append):
        assert commands.run == []
    assert commands.run == ["systemctl start a.service"] and remembered == [["a.service"], []]


def test_what_a_killed_run_left_stopped_stays_remembered_if_it_does_not_start():
    commands, remembered = Commands({"systemctl start": (1, "", "Job failed.")}), []
    with pytest.raises(HostError):
        with stopped(rpc_daemons.Units(commands), [], down=["a.service"], remember=remembered.append):
            pass
    assert remembered == [["a.service"]]


def test_what_stops_along_with_a_unit_is_started_again():
    commands = Commands(DEPENDENTS)
    with stopped(rpc_daemons.Units(commands), ["a.service"]):
        assert commands.run[-1] == "systemctl stop a.service"
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_a_service_is_started_again_whatever_fails():
    commands = Commands(DEPENDENTS)
    with pytest.raises(HostError, match="no ports"):
        with stopped(rpc_daemons.Units(commands), ["a.service"]):
            raise HostError("There are no ports.")
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_also_if_it_could_not_be_stopped_properly():
    commands = Commands(dict(DEPENDENTS, **{"systemctl stop": (1, "", "Job failed.\n")}))
    with pytest.raises(HostError, match="'systemctl stop a.service' failed: Job failed."):
        with stopped(rpc_daemons.Units(commands), ["a.service"]):
            raise AssertionError("nothing may be done while the daemon runs")
    assert commands.run[-1] == "systemctl start a.service b.service"


def test_init_scripts_are_stopped_and_started_alike():
    commands = Commands()
    with stopped(rpc_daemons.InitScripts(commands), ["/etc/init.d/nis"]):
        assert commands.run == ["/etc/init.d/nis stop"]
    assert commands.run == ["/etc/init.d/nis stop", "/etc/init.d/nis start"]


def test_where_nobody_took_anything_nothing_is_asked():
    commands = Commands()
    with stopped(rpc_daemons.Units(commands), []):
        pass
    assert commands.run == []
