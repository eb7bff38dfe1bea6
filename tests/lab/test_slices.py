# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job in four slices, side by side, on one master and 400 clients: it ends where the job that is not sliced ends.

The master and two of the clients are real hosts, which site brings in order over SSH: each is in another slice or with
other clients than in the inventory. The other 398 clients are known to the inventory only; their plans are computed, in
their slices, and compared. The tests of this file build on each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.awx.private_data import Inventory, part
from tests.awx.runner import JobRun, Runner

from . import jobs
from .probes import fingerprint, ruleset

pytestmark = pytest.mark.any_core

SLICES = 4
REAL = ("master01", "client01", "client02")
# What AWX tells the slices of a job template.
AWX = {"awx_job_template_name": "Ports", "awx_workflow_job_name": "Ports"}

PLANS = {
    "name": "Write down the plans of all hosts that there are",
    "hosts": "all",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Write down the plans",
            "fleet.ports.port_matrix": {"hosts": "all", "dest": "plans.json"},
            "run_once": True,
            "changed_when": False,
        }
    ],
}
SITE = [PLANS, {"ansible.builtin.import_playbook": "fleet.ports.site", "vars": {"fleet_ports_hosts": "real"}}]
PLAN = [{"ansible.builtin.import_playbook": "fleet.ports.plan"}]


def lpar(number: int) -> dict[str, object]:
    """A client that is nowhere: some have IPv4, some IPv6, some use rsh; no two make up a network."""
    address = f"203.0.113.{2 * number}" if number < 128 else f"2001:db8:3::{2 * number:x}"
    return {"ansible_host": address, **({"nim_communication": "rsh"} if number % 3 == 0 else {})}


def inventory(**changes: object) -> Inventory:
    """The fleet; keywords are changes of hosts' variables."""
    clients = {"client01": {"ansible_host": "198.51.100.11"}, "client02": {"ansible_host": "198.51.100.12"}}
    clients |= {f"lpar{number:03}": lpar(number) for number in range(398)}
    return jobs.listed({
        "nim_masters": {"master01": {"ansible_host": "192.0.2.10"}},
        "nim_clients": {name: {**variables, **changes.get(name, {})} for name, variables in clients.items()},
        "nim_gateways": {},
        "real": {name: {} for name in REAL},
    })  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def fresh(lab):
    """The real hosts as they were installed."""
    lab.renew(*REAL)


@pytest.fixture(scope="module")
def state(host) -> Callable[[], dict[str, tuple[str, str]]]:
    """All of the real hosts that this collection may touch."""
    return lambda: {name: (fingerprint(host(name)), ruleset(host(name))) for name in REAL}


@pytest.fixture(scope="module")
def start(lab, tmp_path_factory) -> Callable[..., tuple[Runner, Path]]:
    """Start a job; return it, and the file where it writes down plans."""

    def start_job(plays, hosts, check=False, **extra_vars):
        folder = tmp_path_factory.mktemp("job")
        job = jobs.start(lab.controller, folder, plays, hosts, extra_vars, check)
        return job, folder / "project" / "plans.json"

    return start_job


@pytest.fixture(scope="module")
def run_slices(start) -> Callable[..., tuple[list[JobRun], dict[str, object]]]:
    """Run a job in slices, side by side; return how they went, and all plans that they computed."""

    def run(hosts, **extra_vars):
        started = [start(SITE, part(hosts, number, SLICES), **extra_vars) for number in range(1, SLICES + 1)]
        runs = [job.wait() for job, _plans in started]
        return runs, {host: plan for _job, plans in started if plans.exists() for host, plan in plans_in(plans).items()}

    return run


@pytest.fixture(scope="module")
def unsliced(start, state, fresh) -> tuple[dict[str, object], dict[str, tuple[str, str]]]:
    """The plans, and the real hosts' state, after a job on the whole inventory."""
    job, plans = start(SITE, inventory(), awx_job_template_name="Ports")
    run = job.wait()
    assert run.status == 0, run.output
    assert sorted(run.changed_hosts()) == sorted(REAL)
    return plans_in(plans), state()


@pytest.fixture(scope="module")
def topology(start, tmp_path_factory) -> str:
    """The topology file, written by fleet.ports.plan."""
    folder = tmp_path_factory.mktemp("reports")
    run = start(PLAN, inventory(), fleet_ports_report_dir=str(folder))[0].wait()
    assert run.status == 0, run.output
    return str(folder / "topology.json")


def plans_in(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())["plans"]


def all_sentences(runs: list[JobRun]) -> list[str]:
    return [sentence for run in runs for sentence in run.complaints().values()]


def test_the_master_is_in_one_slice_of_the_clients(unsliced):
    plans, _state = unsliced
    assert len(plans) == 401
    assert len(plans["master01"]["peers"]["nim_client"]) == 400
    slices = [part(inventory(), number, SLICES) for number in range(1, SLICES + 1)]
    assert [len(found["nim_clients"]["hosts"]) for found in slices] == [100] * 4
    assert [found["nim_masters"]["hosts"] for found in slices] == [["master01"], [], [], []]
    assert [found["real"]["hosts"] for found in slices] == [["master01", "client01"], ["client02"], [], []]


def test_slices_end_where_the_whole_ends(lab, run_slices, state, unsliced, topology):
    lab.renew(*REAL)
    runs, plans = run_slices(inventory(), **AWX, fleet_ports_topology=topology)
    assert [run.status for run in runs] == [0] * SLICES, "\n".join(run.output for run in runs)
    assert (plans, state()) == unsliced


def test_slices_again_change_nothing(run_slices, state, unsliced, topology):
    runs, plans = run_slices(inventory(), **AWX, fleet_ports_topology=topology)
    assert [run.status for run in runs] == [0] * SLICES, "\n".join(run.output for run in runs)
    assert [run.changed_hosts() for run in runs] == [[]] * SLICES
    assert (plans, state()) == unsliced


def test_slices_that_know_no_others_do_nothing(run_slices, state, unsliced):
    runs, plans = run_slices(inventory(), **AWX)
    assert [run.status for run in runs] == [2] * SLICES
    said = "This inventory is one slice of a fleet, so not all hosts of the role "
    assert len(all_sentences(runs)) == SLICES
    assert all(sentence.startswith(said) for sentence in all_sentences(runs))
    assert (plans, state()) == ({}, unsliced[1])


def test_a_file_that_is_out_of_date_stops_the_slice_that_differs(run_slices, state, unsliced, topology):
    changed = inventory(lpar001={"nim_communication": "rsh"})
    runs, _plans = run_slices(changed, **AWX, fleet_ports_topology=topology)
    assert sorted(run.status for run in runs) == [0, 0, 0, 2]
    [sentence] = all_sentences(runs)
    assert sentence.startswith("Host lpar001: nim_communication is 'rsh' in this inventory and not set in ")
    assert sentence.endswith(". Run fleet.ports.plan again with the whole inventory.")
    assert state() == unsliced[1]


@pytest.mark.parametrize("check", [True, False])
def test_slices_that_nobody_can_tell_from_a_fleet_take_nothing_away(run_slices, state, unsliced, check):
    """Nothing says that these are slices: the master would keep 100 clients, and client02 no master."""
    runs, _plans = run_slices(inventory(), check=check)
    complaints = {host: sentence for run in runs for host, sentence in run.complaints().items()}
    assert set(complaints) == {"master01", "client02"}
    assert complaints["master01"].startswith("This run would remove 300 of the 400 peers of this host (")
    assert complaints["client02"].startswith(
        "This run would remove 1 of the 1 peers of this host (192.0.2.10), more than 20 %;"
    )
    for sentence in complaints.values():
        assert sentence.endswith("or permit it with -e fleet_ports_max_shrink=100.")
    assert state() == unsliced[1]


def test_whoever_confirms_it_has_it(run_slices, host, unsliced):
    runs, _plans = run_slices(inventory(), fleet_ports_max_shrink="100")
    assert [run.status for run in runs] == [0] * SLICES, "\n".join(run.output for run in runs)
    assert ruleset(host("master01")) != unsliced[1]["master01"][1]
    assert "198.51.100.12" not in ruleset(host("master01"))
    assert not host("client02").succeeds("test -e /var/lib/fleet.ports/flows.json")
