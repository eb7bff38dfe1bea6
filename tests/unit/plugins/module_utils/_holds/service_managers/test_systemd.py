# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under systemd: what the unit says, what systemd is told, and how the state of the holder is read."""

import re

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import systemd as holder_unit
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

COMMAND = "/usr/bin/python3 -I -S -B /etc/fleet.ports/holder.py"
HOLDS = (holder.Hold("udp", "0.0.0.0", 623), holder.Hold("udp", "::", 623))
RUNNING = {"ActiveState": "active", "UnitFileState": "enabled", "NeedDaemonReload": "no", "NFileDescriptorStore": "2"}


def note(folder):
    (folder / "HELD").write_text(holder.form(HOLDS))


class Systemd:
    """systemctl, of a version and with the properties of the holder's unit; ``run`` are the orders that it got.

    Before version 230 it rejects ``--value``, before version 220 ``--now``, and before version 236 it shows no
    ``NFileDescriptorStore``.
    """

    def __init__(self, version=252, **unit):
        self.version = version
        self.unit = dict(RUNNING, **unit)
        self.run = []
        self.during = {}

    def __call__(self, command):
        for option, since in ("--value", 230), ("--now", 220):
            if option in command and self.version < since:
                return 1, "", f"systemctl: unrecognized option '{option}'\n"
        if "--property=Version" in command:
            return 0, f"Version=systemd {self.version}\n", ""
        if command[1] == "show":
            names = command[2].partition("=")[2].split(",")
            known = [name for name in names if name != "NFileDescriptorStore" or self.version >= 236]
            return 0, "".join(f"{name}={self.unit[name]}\n" for name in known), ""
        self.run.append(" ".join(command[1:]))
        self.during.get(command[1], lambda: None)()
        return 0, "", ""

    def manager(self):
        return holder_unit.Systemd(self)


def test_systemd_keeps_the_sockets(run_folder):
    note(run_folder)
    assert Systemd().manager().state() == holder_state.State(1, HOLDS, True)


@pytest.mark.parametrize("unit", [
    {"NFileDescriptorStore": "1"}, {"UnitFileState": "disabled"}, {"NeedDaemonReload": "yes"},
])  # fmt: skip
def test_a_holder_that_lost_a_socket_or_its_place_at_boot_is_not_sound(run_folder, unit):
    note(run_folder)
    assert Systemd(**unit).manager().state() == holder_state.State(1, HOLDS, False)


@pytest.mark.parametrize("state", ["inactive", "failed", "activating"])
def test_a_unit_that_is_not_active_holds_nothing(run_folder, state):
    note(run_folder)
    assert Systemd(ActiveState=state).manager().state() == holder_state.STOPPED


@pytest.mark.parametrize("version", [219, 245])
@pytest.mark.parametrize("unit_file_state, sound", [("enabled", True), ("disabled", False)])
def test_before_246_the_state_is_that_of_the_resident_process(run_folder, resident, version, unit_file_state, sound):
    note(run_folder)
    systemd = Systemd(version, NFileDescriptorStore="0", UnitFileState=unit_file_state)
    assert systemd.manager().state() == holder_state.State(resident.pid, HOLDS, sound)


def test_from_246_on_a_restart_makes_the_holder_follow_its_files():
    systemd = Systemd(246)
    systemd.manager().bring_up(running=True, renewed=False)
    assert systemd.run == [
        "daemon-reload", "enable --quiet fleet-ports-holder.service", "restart fleet-ports-holder.service",
    ]  # fmt: skip


@pytest.mark.parametrize("version", [219, 245])
@pytest.mark.parametrize("running, renewed", [(True, True), (False, False)])
def test_before_246_a_holder_that_is_new_or_renewed_is_restarted(version, running, renewed):
    systemd = Systemd(version)
    systemd.manager().bring_up(running, renewed)
    assert systemd.run[-1] == "restart fleet-ports-holder.service"


@pytest.mark.parametrize("version", [219, 245])
def test_before_246_another_list_is_reloaded_and_the_note_is_awaited(run_folder, version):
    systemd = Systemd(version)
    note(run_folder)

    def reload():
        assert not (run_folder / "HELD").exists()
        note(run_folder)

    systemd.during["reload"] = reload
    systemd.manager().bring_up(running=True, renewed=False)
    assert systemd.run[-1] == "reload fleet-ports-holder.service"


@pytest.mark.parametrize("users, user", [(b"root:x:0\ndaemon:x:1\n", True), (b"root:x:0\ndaemons:x:1\n", False)])
def test_the_unit_names_a_user_of_the_host(tmp_path, monkeypatch, users, user):
    (tmp_path / "passwd").write_bytes(users)
    monkeypatch.setattr(holder_unit, "USERS", str(tmp_path / "passwd"))
    ((path, (text, mode)),) = Systemd().manager().files(COMMAND).items()
    assert path == "/etc/systemd/system/fleet-ports-holder.service"
    assert (b"\nUser=daemon\n" in text) is user and mode == 0o644


@pytest.mark.parametrize("version", [219, 252])
@pytest.mark.parametrize("is_there, state, orders", [
    (True, "active", ["stop", "disable --quiet"]),
    (True, "activating", ["stop", "disable --quiet"]),
    (True, "inactive", ["disable --quiet"]),
    (True, "failed", ["disable --quiet"]),
    (False, "active", ["stop"]),
    (False, "inactive", []),
])  # fmt: skip
def test_the_unit_is_stopped_and_disabled_as_far_as_it_exists(tmp_path, monkeypatch, version, is_there, state, orders):
    monkeypatch.setattr(holder_unit, "PATH", str(tmp_path) if is_there else str(tmp_path / "missing"))
    systemd = Systemd(version, ActiveState=state)
    systemd.manager().take_down()
    assert systemd.run == [f"{order} fleet-ports-holder.service" for order in orders]


@pytest.mark.parametrize("state, orders", [
    ("failed", ["daemon-reload", "reset-failed fleet-ports-holder.service"]), ("inactive", ["daemon-reload"]),
])  # fmt: skip
def test_only_a_unit_that_failed_is_reset(state, orders):
    systemd = Systemd(ActiveState=state)
    systemd.manager().forget()
    assert systemd.run == orders


def test_an_order_that_fails_is_reported():
    systemd = Systemd()

    def answer(command):
        return (1, "", "Access denied\n") if command[1] == "restart" else systemd(command)

    with pytest.raises(HostError, match="^'systemctl restart fleet-ports-holder.service' failed: Access denied.$"):
        holder_unit.Systemd(answer).bring_up(running=True, renewed=False)


# The text of the unit


def settings(version=252, user="daemon"):
    """Return the settings of the unit as ``{name: [values]}``."""
    found = {}
    for name, value in re.findall("^([A-Za-z]+)=(.*)$", holder_unit.unit(COMMAND, version, user), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_it_starts_before_all_services_that_bind_reserved_ports():
    before = " ".join(settings()["Before"]).split()
    assert {"sysinit.target", "rpcbind.socket", "rpc-statd.service", "rpc-statd-notify.service"} <= set(before)
    assert settings()["DefaultDependencies"] == ["no"]
    assert settings()["WantedBy"] == ["sysinit.target"]


def test_systemd_keeps_the_sockets_from_246_on():
    found = settings(246)
    assert found["Type"] == ["oneshot"]
    assert found["ExecStart"] == [COMMAND]
    assert found["FileDescriptorStoreMax"] == ["1024"]
    assert found["Restart"] == ["on-abort"]


@pytest.mark.parametrize("version", [219, 245])
def test_before_246_the_holder_is_resident(version):
    found = settings(version)
    assert found["Type"] == ["forking"] and found["PIDFile"] == [holder.PID]
    assert found["ExecStart"] == [COMMAND + " --resident"]
    assert "FileDescriptorStoreMax" not in found


def test_it_has_one_capability_only_and_an_ordinary_user():
    found = settings()
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == ["CAP_NET_BIND_SERVICE"]
    assert found["User"] == ["daemon"]


@pytest.mark.parametrize("version, user, is_root", [(252, None, True), (228, "daemon", True), (229, "daemon", False)])
def test_it_runs_as_root_only_without_a_user_or_ambient_capabilities(version, user, is_root):
    found = settings(version, user)
    assert ("User" not in found) is ("AmbientCapabilities" not in found) is is_root


@pytest.mark.parametrize("name, since", [
    ("RestrictAddressFamilies", 211), ("ProtectSystem", 232), ("SystemCallFilter", 239), ("ProtectProc", 247),
])  # fmt: skip
def test_an_older_systemd_gets_no_setting_that_it_does_not_know(name, since):
    assert name in settings(since) and name not in settings(since - 1)
