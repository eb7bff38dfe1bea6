# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real software needs the rows of the plan: all of them, and no other.

Each test reads the plans, computes which exchanges have to fail, and tries all of them.
"""

from __future__ import annotations

import pytest

from tests.lab.part import CHOICE, part_of

from .expectation import NOTHING, cuts, enforced_rows, failing, spare_rows
from .stage import EXCHANGES
from .tftp import DYNAMIC, IMAGE, fetch


def test_what_has_a_row_works_and_nothing_else(plans, stage):
    """With the profile `working` that is everything; the table alone has no row for what real RPC clients do."""
    doomed = failing(EXCHANGES, plans, NOTHING)
    failures = stage.failures(doomed)
    assert set(failures) == doomed, failures


@pytest.mark.parametrize("client", ["client01", "client02"])
def test_a_boot_image_arrives_whole(plans, stage, client):
    stage.host(client).run(fetch(IMAGE, DYNAMIC).format(patience=120))


def test_every_row_is_needed_by_some_exchange(plans):
    needed = frozenset().union(*cuts(EXCHANGES, plans))
    assert enforced_rows(plans) == needed


def test_rows_that_let_the_same_packets_pass_stand_in_for_each_other(plans, stage, without):
    spare = spare_rows(cuts(EXCHANGES, plans))
    doomed = failing(EXCHANGES, plans, NOTHING)
    assert spare and failing(EXCHANGES, plans, spare) == doomed
    without(spare)
    failures = stage.failures(doomed)
    assert set(failures) == doomed, failures


@pytest.fixture(name="tried", scope="session")
def _tried():
    """Which rows were taken out already: profiles share most of theirs, and packets don't know of profiles."""
    return set()


def test_without_a_row_exactly_what_needs_it_fails(plans, stage, without, tried):
    """One row at a time, or those together that let the same packets pass."""
    mismatches = {}
    left = cuts(EXCHANGES, plans) - tried
    tried |= left
    for rows in part_of(sorted(left, key=sorted)):
        doomed = failing(EXCHANGES, plans, rows)
        without(rows)
        failures = stage.failures(doomed)
        if set(failures) != doomed:
            mismatches[" + ".join(sorted(rows))] = {
                "failed, though a row is left": {name: failures[name] for name in set(failures) - doomed},
                "worked, though no row is left": doomed - set(failures),
            }
    without(NOTHING)
    assert not mismatches, f"{CHOICE}: {mismatches}"
