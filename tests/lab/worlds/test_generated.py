# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In random worlds, packets do what the run says; and where only the default drops, the run opens the flows."""

from __future__ import annotations

from .generator.worlds import generated
from .trial import REFUSED, UNREACHABLE, tried


def test_packets_do_what_the_run_says(seed: str, count) -> None:
    made = generated(seed)
    report = tried(made.world, seed)
    count(report)
    wrong = list(report.flaws)
    if report.outcome == UNREACHABLE:
        wrong.append("nobody can manage this host: the generator made a world that nobody has")
    if report.outcome == REFUSED and made.is_plain:
        wrong.append("only defaults and names drop here, and the run refused")
    assert not wrong, "\n".join([f"seed {seed}", *wrong[:20], str(report), made.world.text])
