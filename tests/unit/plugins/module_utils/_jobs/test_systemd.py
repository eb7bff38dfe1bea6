# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job with systemd: what the units say, and that nothing of them is left."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs import systemd
from ansible_collections.fleet.ports.plugins.module_utils._jobs.systemd import Systemd

COMMAND = ["/opt/a b/python3", "-I", '/var/lib/100%/"$x".zip']


class Manager:
    """systemctl, which remembers its orders; ``state`` is the SubState of the timer, ``service`` the ActiveState."""

    def __init__(self):
        self.told = []
        self.fails_at = None
        self.state = "waiting"
        self.service = "inactive"

    def run(self, command):
        self.told.append(" ".join(command[1:]))
        shown = f"SubState={self.state}\nActiveState={self.service}\n"
        return (1, "", "no") if command[1] == self.fails_at else (0, shown, "")


@pytest.fixture(name="manager")
def fixture_manager(tmp_path, monkeypatch):
    for name in "UNITS", "STAMPS":
        (tmp_path / name).mkdir()
        monkeypatch.setattr(systemd, name, str(tmp_path / name))
    return Manager()


def tree(tmp_path):
    return sorted(
        os.path.relpath(os.path.join(folder, name), str(tmp_path))
        for folder, folders, files in os.walk(str(tmp_path))
        for name in files + folders
    )


def test_a_job_in_some_seconds_is_due_at_the_next_boot(tmp_path, manager):
    Systemd("rollback", "Undo it", manager.run).start_in(60, COMMAND)
    assert manager.told == ["daemon-reload", "restart fleet-ports-rollback.timer"]
    timer = (tmp_path / "UNITS" / "fleet-ports-rollback.timer").read_text()
    assert "OnActiveSec=60s\n" in timer and "Persistent" not in timer
    service = tmp_path / "UNITS" / "fleet-ports-rollback.service"
    assert "nftables.service\n\n[Service]" in service.read_text()
    assert 'ExecStart="/opt/a b/python3" "-I" "/var/lib/100%%/\\"$$x\\".zip"\n' in service.read_text()
    link = tmp_path / "UNITS" / "multi-user.target.wants" / "fleet-ports-rollback.service"
    assert os.path.samefile(str(link), str(service))


def test_a_job_at_a_moment_lasts_through_a_reboot(tmp_path, manager):
    Systemd("window", "Close it", manager.run).start_at(1795305600.5, COMMAND)
    assert manager.told == ["daemon-reload", "restart --no-block fleet-ports-window.timer"]
    timer = tmp_path / "UNITS" / "fleet-ports-window.timer"
    assert "OnCalendar=2026-11-22 00:00:01 UTC\nPersistent=true\n" in timer.read_text()
    service = tmp_path / "UNITS" / "fleet-ports-window.service"
    assert "nftables.service\nDefaultDependencies=no\n" in service.read_text()
    assert "\nBefore=network-pre.target shutdown.target\n" in service.read_text()
    for target, unit in ("timers.target", timer), ("multi-user.target", service):
        assert os.path.samefile(str(tmp_path / "UNITS" / (target + ".wants") / unit.name), str(unit))


@pytest.mark.parametrize(
    "state, is_set", [("waiting", True), ("running", True), ("elapsed", False), ("dead", False), ("failed", False)]
)
def test_a_timer_that_does_not_elapse_any_more_is_not_set(manager, state, is_set):
    manager.state = state
    assert Systemd("window", "Close it", manager.run).is_set() == is_set
    assert manager.told == ["show --property=SubState fleet-ports-window.timer"]


@pytest.mark.parametrize("service, reset", [("active", False), ("inactive", False), ("failed", True)])
@pytest.mark.parametrize("start", ["start_in", "start_at"])
def test_nothing_is_left_of_a_job_that_is_cancelled(tmp_path, manager, start, service, reset):
    job = Systemd("rollback", "Undo it", manager.run)
    getattr(job, start)(60, COMMAND)
    getattr(job, start)(90, COMMAND)
    (tmp_path / "STAMPS" / "stamp-fleet-ports-rollback.timer").write_text("")
    manager.told.clear()
    manager.service = service
    job.forget()
    assert tree(tmp_path) == ["STAMPS", "UNITS"]
    assert [told for told in manager.told if not told.startswith("show ")] == [
        "stop fleet-ports-rollback.timer", "daemon-reload", *["reset-failed fleet-ports-rollback.service"] * reset,
    ]  # fmt: skip
    manager.told.clear()
    job.forget()
    assert manager.told == []


def test_links_of_other_units_stay(tmp_path, manager):
    wants = tmp_path / "UNITS" / "multi-user.target.wants"
    wants.mkdir()
    (wants / "ssh.service").symlink_to("../ssh.service")
    job = Systemd("rollback", "Undo it", manager.run)
    job.start_in(60, COMMAND)
    job.forget()
    assert os.listdir(str(wants)) == ["ssh.service"]


def test_a_timer_that_does_not_start_is_reported(manager):
    manager.fails_at = "restart"
    with pytest.raises(HostError) as error:
        Systemd("rollback", "Undo it", manager.run).start_in(60, COMMAND)
    assert str(error.value) == "'systemctl restart fleet-ports-rollback.timer' failed: no."


def test_a_state_that_cannot_be_read_is_reported(manager):
    manager.fails_at = "show"
    with pytest.raises(HostError, match="^'systemctl show --property=SubState fleet-ports-window.timer' failed: no.$"):
        Systemd("window", "Close it", manager.run).is_set()


def test_a_service_that_waits_is_started_again_only_if_it_is_killed(tmp_path, manager):
    Systemd("rollback", "Undo it", manager.run).start_in(60, COMMAND)
    service = (tmp_path / "UNITS" / "fleet-ports-rollback.service").read_text()
    assert service.startswith("# Written by fleet.ports")
    assert "Description=Undo it\n" in service
    assert service.endswith("Restart=on-abnormal\nRestartSec=1\n")
