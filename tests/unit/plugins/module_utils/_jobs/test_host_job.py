# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job: its program exists as long as it is armed, and nothing is left when it is cancelled."""

import sys

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import interpreter
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs import archive, host_job, systemd
from ansible_collections.fleet.ports.plugins.module_utils._jobs.host_job import HostJob
from ansible_collections.fleet.ports.tests.unit.fakes.process import umask

PYTHON = "/usr/bin/python3"


class Scheduler:
    """A scheduler that remembers the command."""

    def __init__(self):
        self.command = None
        self.when = None

    def start_at(self, moment, command):
        self.command, self.when = command, ("at", moment)

    def start_in(self, seconds, command):
        self.command, self.when = command, ("in", seconds)

    def is_set(self):
        return self.command is not None

    def forget(self):
        self.command = None


@pytest.fixture(name="scheduler")
def fixture_scheduler(monkeypatch, record_folder):
    scheduler = Scheduler()
    monkeypatch.setattr(host_job, "_has_systemd", lambda: True)
    monkeypatch.setattr(systemd, "Systemd", lambda name, about, run: scheduler)
    monkeypatch.setattr(interpreter, "choose", lambda run, imports: PYTHON)
    return scheduler


def job():
    return HostJob("window", "_window_keeper", "Close it", None, None)


def test_it_is_armed_until_it_is_cancelled(scheduler, tmp_path):
    assert not job().is_armed() and not job().is_left()
    job().arm_at(1000)
    assert job().is_armed() and job().is_left()
    job().disarm()
    assert not job().is_armed() and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["at", "in"])
def test_the_scheduler_has_the_time_of_the_job_until_it_is_cancelled(scheduler, how):
    getattr(job(), "arm_" + how)(1000)
    assert scheduler.when == (how, 1000)
    job().disarm()
    assert not scheduler.is_set()


def test_only_root_can_read_the_program(scheduler, tmp_path):
    with umask(0):
        job().arm_at(1000)
    folder = tmp_path / "records" / "window"
    modes = [path.stat().st_mode & 0o777 for path in (folder.parent, folder, folder / "program.zip")]
    assert modes == [0o700, 0o700, 0o600]


def test_the_program_of_another_release_is_replaced(scheduler, monkeypatch, tmp_path):
    job().arm_at(1000)
    program = tmp_path / "records" / "window" / "program.zip"
    old = program.read_bytes()
    monkeypatch.setattr(archive, "_sources", lambda: {"new.py": b""})
    assert not job().is_armed() and job().is_left()
    job().arm_at(1000)
    assert job().is_armed() and program.read_bytes() != old


def test_without_its_program_or_its_time_it_is_not_armed(scheduler, tmp_path):
    job().arm_at(1000)
    scheduler.forget()
    assert not job().is_armed()
    job().arm_at(1000)
    (tmp_path / "records" / "window" / "program.zip").unlink()
    assert not job().is_armed()


def test_it_is_run_by_the_python_of_the_system_not_by_that_of_the_module(scheduler, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", "/opt/venv/bin/python3")
    job().arm_at(1000)
    assert scheduler.command == [PYTHON, "-I", "-B", str(tmp_path / "records" / "window" / "program.zip")]


def test_where_the_system_has_no_python_nothing_is_armed_or_left(scheduler, monkeypatch, tmp_path):
    def refuse(run, imports):
        raise HostError("This host has no suitable Python.")

    monkeypatch.setattr(interpreter, "choose", refuse)
    with pytest.raises(HostError, match="no suitable Python"):
        job().arm_at(1000)
    assert not job().is_left() and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("system, booted, used", [
    ("Linux", True, "Systemd"), ("Linux", False, "At"), ("AIX", True, "At"), ("AIX", False, "At"),
])  # fmt: skip
def test_systemd_schedules_the_job_where_it_runs_the_host_and_at_elsewhere(monkeypatch, system, booted, used):
    monkeypatch.setattr(host_job.platform, "system", lambda: system)
    monkeypatch.setattr(host_job.systemctl, "is_booted", lambda: booted)
    found = HostJob("window", "_window_keeper", "Close it", None, lambda name: "/usr/bin/" + name)._scheduler()
    assert type(found).__name__ == used
