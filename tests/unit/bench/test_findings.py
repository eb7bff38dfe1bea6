# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a part of the benchmark found is read back as it was, and is gone once that part fails."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.tests.bench import findings
from ansible_collections.fleet.ports.tests.bench.figures import Curve, Figure

FOUND = [Figure("x", 1.5, 2.0, "×", "how", True), Curve("hosts", "seconds", "site", [[1, 0.5], [50, 12.0]])]


@pytest.fixture(autouse=True)
def fixture_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(findings, "FOLDER", tmp_path / "bench")


def test_findings_are_read_back():
    findings.save("part", FOUND)
    assert findings.load("part") == FOUND


def test_nothing_is_known_of_what_was_not_measured():
    assert findings.load("part") == []


def test_a_part_that_fails_leaves_nothing_of_an_earlier_run():
    def fails():
        yield FOUND[0]
        raise RuntimeError("no host")

    findings.save("part", FOUND)
    with pytest.raises(RuntimeError):
        findings.save("part", fails())
    assert findings.load("part") == []
