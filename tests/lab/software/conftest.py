# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of real software start from: the fleet in order in one profile, and the exchanges' stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.lab.conformance.tracking import forget_connections
from tests.lab.lab import Lab
from tests.lab.playbook import PlaybookRun

from .exchange import FILTERED
from .expectation import NOTHING, Plans, Rows
from .stage import Stage

INVENTORY = ("--inventory", str(Path(__file__).parent / "fleet.yml"))
# What the role nim_firewall does, but for the rows that are taken out.
OPEN = [
    {
        "hosts": ",".join(FILTERED),
        "gather_facts": False,
        "tasks": [
            {"fleet.ports.port_matrix": {}, "register": "matrix"},
            {
                "fleet.ports.firewall_flows": {
                    "flows": "{{ matrix.plan.flows | rejectattr('id', 'in', taken_out) }}",
                    "peers": "{{ matrix.plan.peers }}",
                    "max_shrink": 100,
                }
            },
        ],
    }
]


@pytest.fixture(scope="session")
def lab_hosts() -> tuple[str, ...]:
    """All whose packet filter is tried, and a kernel that serves NFS."""
    return (*FILTERED, "nfs01")


@pytest.fixture(scope="session")
def stage(lab: Lab, playbook: Callable[..., PlaybookRun]) -> Iterator[Stage]:
    """Programs and servers, on hosts that are in order."""
    run = playbook("fleet.ports.site", *INVENTORY, extra_vars={"fleet_ports_max_shrink": 100})
    assert run.status == 0, run.output
    with Stage(lab) as prepared:
        yield prepared


@pytest.fixture(scope="session", params=("working", "documented"))
def without(
    request: pytest.FixtureRequest, stage: Stage, playbook: Callable[..., PlaybookRun]
) -> Callable[[Rows], Plans]:
    """Put the plans of a profile in force but for some of their rows."""
    return partial(_put_in_force, stage.lab, playbook, request.param)


@pytest.fixture(scope="session")
def plans(without: Callable[[Rows], Plans]) -> Plans:
    """The plans of a profile, in force."""
    return without(NOTHING)


def _put_in_force(lab: Lab, playbook: Callable[..., PlaybookRun], profile: str, rows: Rows) -> Plans:
    run = playbook(OPEN, *INVENTORY, extra_vars={"fleet_ports_profile": profile, "taken_out": sorted(rows)})
    assert run.status == 0, run.output
    for name in FILTERED:
        forget_connections(lab.wiring.path(name))  # so that no packet passes as part of an earlier conversation
    return {name: run.result(name, "fleet.ports.port_matrix")["plan"] for name in FILTERED}
