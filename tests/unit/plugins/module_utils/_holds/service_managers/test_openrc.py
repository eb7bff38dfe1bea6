# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under OpenRC: its script, and what OpenRC is told."""

import subprocess

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import openrc
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

COMMAND = "/usr/bin/python3 -I -S -B /etc/fleet.ports/holder.py"


@pytest.fixture(autouse=True)
def link(tmp_path, monkeypatch):
    """The link that starts the holder at boot; it does not exist yet."""
    monkeypatch.setattr(openrc, "ENABLED", str(tmp_path / "enabled"))
    return tmp_path / "enabled"


def test_the_script_is_valid_shell_and_starts_the_resident_holder(tmp_path):
    ((text, mode),) = openrc.OpenRC(None).files(COMMAND).values()
    assert mode == 0o755
    (tmp_path / "script").write_bytes(text)
    subprocess.check_call(["sh", "-n", str(tmp_path / "script")])
    assert 'command="/usr/bin/python3"\ncommand_args="-I -S -B /etc/fleet.ports/holder.py --resident"\n' in text.decode()
    assert f'pidfile="{holder.PID}"\n' in text.decode()
    assert "before net rpcbind" in text.decode()


@pytest.mark.parametrize("running, renewed", [(True, True), (False, False)])
def test_a_holder_that_is_new_or_renewed_is_enabled_and_restarted(running, renewed):
    commands = FakeCommands()
    openrc.OpenRC(commands).bring_up(running, renewed)
    assert commands.run == ["rc-update add fleet-ports-holder sysinit", "rc-service fleet-ports-holder restart"]


def test_another_list_is_reloaded_and_the_note_is_awaited(run_folder, link):
    link.write_text("")
    commands = FakeCommands()

    def answer(command):
        (run_folder / "HELD").write_text("")
        return commands(command)

    openrc.OpenRC(answer).bring_up(running=True, renewed=False)
    assert commands.run == ["rc-service fleet-ports-holder reload"]


@pytest.mark.parametrize("is_linked", [True, False])
def test_a_holder_without_a_link_does_not_start_at_boot(run_folder, resident, link, is_linked):
    if is_linked:
        link.write_text("")
    assert openrc.OpenRC(None).state() == holder_state.State(resident.pid, (), is_linked)


@pytest.mark.parametrize("is_linked", [True, False])
def test_it_is_stopped_and_does_not_start_at_boot_any_more(link, is_linked):
    if is_linked:
        link.write_text("")
    commands = FakeCommands()
    openrc.OpenRC(commands).take_down()
    stop = "rc-service --ifexists --ifstarted fleet-ports-holder stop"
    assert commands.run == [stop] + ["rc-update del fleet-ports-holder sysinit"] * is_linked
