# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs on the same hosts at once: each host is in the end as the one or the other left it, never in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.any_core

NAMES = "master01,client01"


def test_two_runs_at_once(playbook, host) -> None:
    """One opens and the other gives back: both get their turn, and what the last one says is so."""
    assert playbook("fleet.ports.site", "--limit", NAMES).status == 0
    with ThreadPoolExecutor(2) as pool:
        books = ["fleet.ports.site", "fleet.ports.remove"]
        runs = list(pool.map(lambda book: playbook(book, "--limit", NAMES), books))
    assert [run.status for run in runs] == [0, 0], "\n".join(run.output for run in runs)
    for name in NAMES.split(","):
        assert not host(name).succeeds("test -e /var/lib/fleet.ports/lock -o -e /var/lib/fleet.ports/rollback")
    for book in "fleet.ports.site", "fleet.ports.remove":
        assert playbook(book, "--limit", NAMES).status == 0
        assert playbook(book, "--limit", NAMES, "--check").changed_hosts() == []
