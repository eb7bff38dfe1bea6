# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job with at: to the minute, never too early, and a process for jobs that are due in seconds."""

import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs import at
from ansible_collections.fleet.ports.plugins.module_utils._jobs.at import At


class Cron:
    """at, with its jobs by number; it refuses to remove ``busy`` ones."""

    says = "Job root.{}.a will be run at some time.\n"
    code = 0

    def __init__(self):
        self.jobs = {}
        self.count = 0
        self.busy = set()
        self.lists = True
        self.environment = None

    def run(self, command, data=None, cwd=None, environ_update=None):
        if command[1] == "-t":
            self.environment = environ_update
            self.count += 1
            name = self.says.format(self.count)
            self.jobs[name.split()[1]] = (command[2], data)
            return self.code, "", name if self.code == 0 else "you may not"
        if command[1] == "-l":
            text = "".join(f"{name}\tSun Nov 22 00:01:00 2026\n" for name in self.jobs)
            return (0, text, "") if self.lists else (1, "", "cannot open the spool folder")
        if command[2] in self.busy:
            return 1, "", "you may not"
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


def test_a_second_job_replaces_the_first(cron, job, tmp_path):
    job.start_at(1795305600, ["x"])
    job.start_at(1795309200, ["x"])
    assert list(cron.jobs) == ["root.2.a"]
    job.forget()
    assert cron.jobs == {} and list(tmp_path.iterdir()) == []
    job.forget()


def test_linux_has_numbers_for_jobs(cron, job, tmp_path):
    cron.says = "warning: commands will be executed using /bin/sh\njob {} at Sun Nov 22 00:01:00 2026\n"
    job.start_at(1795305600, ["x"])
    assert (tmp_path / "at").read_text() == "1" and (tmp_path / "at").stat().st_mode & 0o777 == 0o600


def test_a_refusal_of_at_is_reported(cron, job):
    cron.code = 1
    with pytest.raises(HostError) as error:
        job.start_at(1795305600, ["x"])
    assert str(error.value) == "'at -t 202611220001' failed: you may not."


def test_without_at_no_job_can_run_at_a_moment(tmp_path, cron):
    with pytest.raises(HostError) as error:
        At(str(tmp_path / "at"), cron.run, lambda name: None).start_at(1795305600, ["x"])
    assert str(error.value) == "This host has neither systemd nor at to run a job later. Install at."


@pytest.mark.parametrize("has_at", [True, False])
def test_a_job_that_is_due_in_seconds_is_started_at_once(tmp_path, cron, has_at):
    program = [sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w').close()"]
    At(str(tmp_path / "at"), cron.run, lambda name: "/usr/bin/at" if has_at else None).start_in(60, program)
    deadline = time.time() + 20
    while not (tmp_path / "ran").exists() and time.time() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "ran").exists()
    assert len(cron.jobs) == has_at


def test_a_job_that_has_run_is_forgotten(cron, job, tmp_path):
    job.start_at(1795305600, ["x"])
    cron.jobs.clear()
    job.forget()
    assert not job.is_set() and list(tmp_path.iterdir()) == []


def test_a_job_that_cannot_be_removed_is_reported_and_stays_noted(cron, job):
    job.start_at(1795305600, ["x"])
    cron.busy.add("root.1.a")
    with pytest.raises(HostError, match="^'at -r root.1.a' failed: you may not.$"):
        job.forget()
    assert job.is_set() and list(cron.jobs) == ["root.1.a"]


def test_a_list_of_jobs_that_fails_is_not_an_empty_list(cron, job):
    job.start_at(1795305600, ["x"])
    cron.busy.add("root.1.a")
    cron.lists = False
    with pytest.raises(HostError, match="^'at -l' failed: cannot open the spool folder.$"):
        job.forget()
    assert job.is_set()


def test_a_job_of_another_number_does_not_count(cron, job, tmp_path):
    job.start_at(1795305600, ["x"])
    cron.jobs = {"root.1.ab": ("202611220001", "y")}
    job.forget()
    assert not job.is_set() and list(cron.jobs) == ["root.1.ab"]


def test_an_answer_without_a_number_is_not_noted(cron, job):
    cron.says = "accepted as {}\n"
    job.start_at(1795305600, ["x"])
    assert not job.is_set()
