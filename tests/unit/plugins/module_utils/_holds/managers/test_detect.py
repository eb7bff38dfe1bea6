# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service managers: what each is told, and what it is seen to do."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import (
    detect,
    holder_state,
    openrc,
    systemd as _hold_systemd,
    sysv,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

COMMAND = "/usr/bin/python3 -I -S -B /etc/fleet.ports/holder.py"
HOLDS = (holder.Hold("udp", "0.0.0.0", 623), holder.Hold("udp", "::", 623))
RUNNING = {"ActiveState": "active", "UnitFileState": "enabled", "NeedDaemonReload": "no", "NFileDescriptorStore": "2"}


@pytest.fixture(autouse=True)
def run(tmp_path, monkeypatch):
    for name in ("HELD", "PID"):
        monkeypatch.setattr(holder, name, str(tmp_path / name))
    return tmp_path


def note(folder, holds=HOLDS):
    (folder / "HELD").write_text(holder.form(holds))


class Systemd:
    """A run_command that is systemctl's."""

    def __init__(self, version=252, **unit):
        self.version = version
        self.unit = dict(RUNNING, **unit)
        self.run = []

    def __call__(self, command):
        if "--property=Version" in command:
            return 0, f"Version={self.version} (of a distribution)\n", ""
        if "show" in command:
            return 0, "".join(f"{name}={value}\n" for name, value in self.unit.items()), ""
        self.run.append(" ".join(command[1:]))
        return 0, "", ""

    def manager(self):
        return _hold_systemd.Systemd(self)


def test_systemd_keeps_the_sockets(run):
    note(run)
    assert Systemd().manager().state() == holder_state.State(1, HOLDS, True)


@pytest.mark.parametrize("unit", [
    {"NFileDescriptorStore": "1"}, {"UnitFileState": "disabled"}, {"NeedDaemonReload": "yes"},
])  # fmt: skip
def test_a_holder_that_lost_something_is_not_sound(run, unit):
    note(run)
    assert Systemd(**unit).manager().state() == holder_state.State(1, HOLDS, False)


@pytest.mark.parametrize("state", ["inactive", "failed", "activating"])
def test_a_holder_that_does_not_run_holds_nothing(run, state):
    note(run)
    assert Systemd(ActiveState=state).manager().state() == holder_state.STOPPED


def test_a_new_systemd_is_told_to_restart_which_lets_go_of_nothing():
    systemd = Systemd()
    systemd.manager().bring_up(running=True, renewed=False)
    assert [line.split()[0] for line in systemd.run] == ["daemon-reload", "enable", "restart"]


@pytest.mark.parametrize("running, renewed, verb", [(True, True, "restart"), (False, False, "restart")])
def test_an_old_systemd_restarts_only_a_new_program(running, renewed, verb):
    systemd = Systemd(version=245)
    systemd.manager().bring_up(running, renewed)
    assert systemd.run[-1] == verb + " fleet-ports-holder.service"


def test_else_it_reloads_and_waits_for_the_holder_to_say_so(run):
    systemd = Systemd(version=245)
    note(run)

    def answer(command):
        if command[1] == "reload":
            assert not (run / "HELD").exists()
            note(run)
        return systemd(command)

    _hold_systemd.Systemd(answer).bring_up(running=True, renewed=False)
    assert systemd.run[-1] == "reload fleet-ports-holder.service"


def test_a_holder_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(holder_state, "SECONDS_FOR_A_RELOAD", 0.05)
    with pytest.raises(HostError, match="does not answer to SIGHUP; look for 'Portblocker'"):
        Systemd(version=245).manager().bring_up(running=True, renewed=False)


@pytest.mark.parametrize("users, user", [(b"root:x:0\ndaemon:x:1\n", True), (b"root:x:0\ndaemons:x:1\n", False)])
def test_the_unit_names_a_user_of_the_host(tmp_path, monkeypatch, users, user):
    (tmp_path / "passwd").write_bytes(users)
    monkeypatch.setattr(_hold_systemd, "USERS", str(tmp_path / "passwd"))
    ((text, mode),) = Systemd().manager().files(COMMAND).values()
    assert (b"\nUser=daemon\n" in text) is user and mode == 0o644


@pytest.mark.parametrize("is_there, state, orders", [
    (True, "active", ["disable --quiet --now fleet-ports-holder.service"]),
    (False, "active", ["stop fleet-ports-holder.service"]),
    (False, "inactive", []),
])  # fmt: skip
def test_a_unit_that_a_killed_run_has_taken_away_is_not_asked_for(run, monkeypatch, is_there, state, orders):
    monkeypatch.setattr(_hold_systemd, "PATH", str(run) if is_there else str(run / "no-unit"))
    systemd = Systemd(ActiveState=state)
    systemd.manager().take_down()
    assert systemd.run == orders


def test_a_unit_that_is_forgotten_already_is_no_error():
    def answer(command):
        if command[1] == "reset-failed":
            return 1, "", "Unit fleet-ports-holder.service not loaded."
        return Systemd()(command)

    _hold_systemd.Systemd(answer).forget()


@pytest.mark.parametrize("kind", [sysv.SysV, openrc.OpenRC])
def test_the_scripts_are_valid_shell(kind, tmp_path):
    ((text, mode),) = kind(None).files(COMMAND).values()
    assert mode == 0o755
    (tmp_path / "script").write_bytes(text)
    subprocess.check_call(["sh", "-n", str(tmp_path / "script")])


def test_the_sysv_script_has_an_lsb_header_that_puts_it_before_rpcbind():
    ((text, _mode),) = sysv.SysV(None).files(COMMAND).values()
    header = text.decode().split("### BEGIN INIT INFO\n")[1].split("### END INIT INFO")[0]
    fields = dict(line[2:].split(":", 1) for line in header.splitlines())
    assert fields["Provides"].strip() == sysv.NAME
    assert fields["Default-Start"].strip() == "S" and not fields["Default-Stop"].strip()
    assert "rpcbind" in fields["X-Start-Before"].split()


class Script:
    """The init script, with a program that stands in for the holder."""

    def __init__(self, folder):
        self.pid_file = folder / "PID"
        program = folder / "program"
        program.write_text(
            f"import os, signal, time\n"
            f"child = os.fork()\n"
            f"if child:\n"
            f"    open({str(self.pid_file)!r}, 'w').write(str(child))\n"
            f"    os._exit(0)\n"
            f"os.setsid()\n"
            f"signal.signal(signal.SIGHUP, lambda *_: open({str(folder / 'hup')!r}, 'w'))\n"
            f"time.sleep(60)\n"
            f"time.sleep(60)\n"
        )
        self.path = folder / "script"
        command = f"{sys.executable} {program}"
        self.path.write_text(sysv.SCRIPT.format(command=command, pid_file=self.pid_file))

    def __call__(self, verb):
        return subprocess.call(["sh", str(self.path), verb], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def pid(self):
        return int(self.pid_file.read_text())


@pytest.fixture
def script(run):
    script = Script(run)
    yield script
    script("stop")


def test_the_sysv_script_starts_reloads_and_stops(script, run):
    assert script("status") == 3
    assert script("start") == 0
    assert script("status") == 0
    time.sleep(0.2)
    assert script("reload") == 0
    deadline = time.monotonic() + 5
    while not (run / "hup").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first = script.pid
    assert script("restart") == 0
    assert script.pid != first
    assert script("stop") == 0 and script("status") == 3
    assert script("stop") == 0
    assert script("what") == 2


def test_a_resident_holder_is_seen(script, run):
    note(run)
    assert holder_state.of_resident(enabled=True) == holder_state.STOPPED
    script("start")
    assert holder_state.of_resident(enabled=True) == holder_state.State(script.pid, HOLDS, True)
    os.kill(script.pid, signal.SIGKILL)
    script("stop")
    assert holder_state.of_resident(enabled=True) == holder_state.STOPPED


def test_another_process_with_the_holders_number_is_not_the_holder(run):
    (run / "PID").write_text(str(os.getpid()))
    assert holder_state.of_resident(enabled=True) == holder_state.STOPPED


def test_a_host_without_any_service_manager(monkeypatch):
    for kind in detect.KINDS:
        monkeypatch.setattr(kind, "runs_here", staticmethod(lambda: False))
    with pytest.raises(HostError, match="is run neither by systemd nor by OpenRC nor by SysV init"):
        detect.find(None)
