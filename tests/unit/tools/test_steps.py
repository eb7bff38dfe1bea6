# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A step says how it went in one line, and shows of its log what it has to tell, or the end if it failed."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.fleet.ports.tests.tools import steps

TALKS = "print('noise'); print('lab: 3 packets')"


@pytest.fixture
def shown(monkeypatch, tmp_path, capsys):
    def run(program):
        monkeypatch.setattr(steps, "OUTPUT", tmp_path)
        steps.Step("talks", [sys.executable, "-c", program], {}, tmp_path, tells="lab: ").run()
        return capsys.readouterr().out.splitlines()

    return run


def test_a_step_that_passed_shows_what_it_tells(shown):
    title, *rest = shown(TALKS)
    assert title.startswith("talks ") and "1 passed, 0 failed" in title
    assert rest == ["    | lab: 3 packets"]


def test_a_step_that_failed_shows_the_end_of_its_log(shown):
    title, *rest = shown(f"{TALKS}; raise SystemExit(1)")
    assert "0 passed, 1 failed" in title
    assert "    | noise" in rest and "the whole log" in rest[-1]


def test_lanes_run_side_by_side_and_their_steps_one_after_the_other(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(steps, "OUTPUT", tmp_path)
    (tmp_path / "door").touch()
    opens = "import os; os.unlink('door')"
    waits = (
        "import os, time\n"
        "for turn in range(100): os.path.exists('door') and time.sleep(.1)\n"
        "assert not os.path.exists('door')"
    )
    lanes = [[("waits", waits), ("fails", "raise SystemExit(1)")], [("opens", opens)]]
    total = steps.run(*([steps.Step(title, [sys.executable, "-c", program], {}, tmp_path) for title, program in lane]
                        for lane in lanes))
    titles = [line.split()[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert (total.passed, total.failed) == (2, 1)
    # "waits" passes because "opens" runs beside it; which of the two then has its say first is chance.
    assert set(titles) == {"waits", "opens", "fails", "2"} and titles.index("waits") < titles.index("fails")
