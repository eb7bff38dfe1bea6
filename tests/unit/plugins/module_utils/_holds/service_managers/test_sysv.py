# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under SysV init: its script runs, and what init is told."""

import subprocess
import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import sysv
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

COMMAND = "/usr/bin/python3 -I -S -B /etc/fleet.ports/holder.py"


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
def script(tmp_path):
    script = Script(tmp_path)
    yield script
    script("stop")


def test_the_script_starts_reloads_and_stops(script, tmp_path):
    assert script("status") == 3
    assert script("start") == 0
    assert script("status") == 0
    time.sleep(0.2)
    assert script("reload") == 0
    deadline = time.monotonic() + 5
    while not (tmp_path / "hup").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first = script.pid
    assert script("restart") == 0
    assert script.pid != first
    assert script("stop") == 0 and script("status") == 3
    assert script("stop") == 0
    assert script("what") == 2


def test_the_script_has_an_lsb_header_that_starts_it_before_rpcbind():
    ((text, mode),) = sysv.SysV(None).files(COMMAND).values()
    header = text.decode().split("### BEGIN INIT INFO\n")[1].split("### END INIT INFO")[0]
    fields = dict(line[2:].split(":", 1) for line in header.splitlines())
    assert fields["Provides"].strip() == sysv.NAME and mode == 0o755
    assert fields["Default-Start"].strip() == "S" and not fields["Default-Stop"].strip()
    assert "rpcbind" in fields["X-Start-Before"].split()


@pytest.mark.parametrize("running, renewed, verb", [(True, True, "restart"), (False, False, "restart")])
def test_a_holder_that_is_new_or_renewed_is_restarted(running, renewed, verb):
    commands = FakeCommands()
    sysv.SysV(commands).bring_up(running, renewed)
    assert commands.run == ["/usr/sbin/update-rc.d fleet-ports-holder defaults", f"/etc/init.d/fleet-ports-holder {verb}"]


def test_another_list_is_reloaded_and_the_note_is_awaited(run_folder):
    (run_folder / "HELD").write_text("")
    commands = FakeCommands()

    def answer(command):
        if command[1] == "reload":
            (run_folder / "HELD").write_text("")
        return commands(command)

    sysv.SysV(answer).bring_up(running=True, renewed=False)
    assert commands.run[-1] == "/etc/init.d/fleet-ports-holder reload"


@pytest.mark.parametrize("is_linked", [True, False])
def test_a_holder_without_a_link_does_not_start_at_boot(tmp_path, monkeypatch, run_folder, resident, is_linked):
    monkeypatch.setattr(sysv, "ENABLED", str(tmp_path / "S??fleet-ports-holder"))
    if is_linked:
        (tmp_path / "S03fleet-ports-holder").write_text("")
    assert sysv.SysV(None).state() == holder_state.State(resident.pid, (), is_linked)


@pytest.mark.parametrize("exists, orders", [(True, ["{} stop"]), (False, [])])
def test_it_is_stopped_and_its_links_are_removed(tmp_path, monkeypatch, exists, orders):
    path = tmp_path / "script"
    monkeypatch.setattr(sysv, "PATH", str(path))
    if exists:
        path.write_text("")
    commands = FakeCommands()
    sysv.SysV(commands).take_down()
    assert commands.run == [order.format(path) for order in orders]
    sysv.SysV(commands).forget()
    assert commands.run[-1] == "/usr/sbin/update-rc.d fleet-ports-holder remove"


def test_the_script_knows_the_file_of_the_process_number():
    ((text, _mode),) = sysv.SysV(None).files(COMMAND).values()
    assert f"pid_file={holder.PID}\n" in text.decode() and f"    {COMMAND} --resident\n" in text.decode()
