# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job by at: to the minute, never too early, and a process for what is due in seconds."""

import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs import at
from ansible_collections.fleet.ports.plugins.module_utils._jobs.at import At


class Cron:
    """at, which knows its jobs."""

    says = "Job root.{}.a will be run at some time.\n"
    code = 0

    def __init__(self):
        self.jobs = {}
        self.taken = 0
        self.environment = None

    def run(self, command, data=None, cwd=None, environ_update=None):
        if command[1] == "-t":
            self.environment = environ_update
            self.taken += 1
            name = self.says.format(self.taken)
            self.jobs[name.split()[1]] = (command[2], data)
            return self.code, "", name if self.code == 0 else "you may not"
        return (0, "", "") if self.jobs.pop(command[2], None) else (1, "", "no such job")


@pytest.fixture(name="cron")
def fixture_cron(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield Cron()
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(name="job")
def fixture_job(tmp_path, cron):
    return At(str(tmp_path / "at"), cron.run, lambda name: "/usr/bin/" + name)


@pytest.mark.parametrize(
    "moment, minute",
    [(1795305600, "202611220001"), (1795305601, "202611220001"), (1795305659.9, "202611220001")],
)
def test_the_minute_is_never_before_the_moment(cron, job, moment, minute):
    job.start_at(moment, ["/usr/bin/python3", "/a b.zip"])
    assert cron.jobs == {"root.1.a": (minute, "/usr/bin/python3 '/a b.zip'")}


@pytest.mark.parametrize("moment, minute", [(1793511000, "202611010531"), (1793514600, "202611010631")])
def test_an_hour_that_comes_twice_is_told_apart(cron, job, moment, minute):
    job.start_at(moment, ["x"])
    assert (cron.jobs["root.1.a"][0], cron.environment) == (minute, {"TZ": "UTC0"})


def test_at_of_aix_goes_by_local_time(cron, job, monkeypatch):
    monkeypatch.setattr(at.platform, "system", lambda: "AIX")
    job.start_at(1795305600, ["x"])
    assert (cron.jobs["root.1.a"][0], cron.environment) == ("202611211901", {})


def test_a_second_job_takes_the_place_of_the_first(cron, job, tmp_path):
    job.start_at(1795305600, ["x"])
    job.start_at(1795309200, ["x"])
    assert list(cron.jobs) == ["root.2.a"]
    job.forget()
    assert cron.jobs == {} and list(tmp_path.iterdir()) == []
    job.forget()


def test_linux_names_its_jobs_by_numbers(cron, job):
    cron.says = "warning: commands will be executed using /bin/sh\njob {} at Sun Nov 22 00:01:00 2026\n"
    job.start_at(1795305600, ["x"])
    assert (job._note and open(job._note).read()) == "1"


def test_what_at_refuses_is_said(cron, job):
    cron.code = 1
    with pytest.raises(HostError) as error:
        job.start_at(1795305600, ["x"])
    assert str(error.value) == "'at -t 202611220001' failed: you may not."


def test_without_at_nothing_can_be_done_at_a_moment(tmp_path, cron):
    with pytest.raises(HostError) as error:
        At(str(tmp_path / "at"), cron.run, lambda name: None).start_at(1795305600, ["x"])
    assert str(error.value) == "This host has neither systemd nor at to start something later; install at."


@pytest.mark.parametrize("has_at", [True, False])
def test_what_is_due_in_seconds_is_started_at_once(tmp_path, cron, has_at):
    program = [sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w').close()"]
    At(str(tmp_path / "at"), cron.run, lambda name: "/usr/bin/at" if has_at else None).start_in(60, program)
    deadline = time.time() + 20
    while not (tmp_path / "ran").exists() and time.time() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "ran").exists()
    assert len(cron.jobs) == has_at
