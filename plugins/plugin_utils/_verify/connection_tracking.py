# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection tracking: how long packet filters may still remember the packets of the last run.

Connection tracking takes a UDP packet for a part of a conversation that it saw up to three minutes before, and for some
seconds a new TCP connection for one that was reset. A probe that is sent again so soon would pass without its rule.

The hosts of a run return how long their kernels remember a packet. The report on the run keeps the longest time, and
the next run waits until it has passed. A first run, or a later one, does not wait.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterable

REPORT = "verify.json"
# The key in the report: seconds for which packet filters may remember the last packet.
KEY = "tracking_seconds"

# The longest default of any release of Linux, for a host or gateway that did not return its own.
UNKNOWN_SECONDS = 180
# No wait is longer than this, whatever a host or a report says.
_MAX_SECONDS = 600
# The clocks of two kernels, and the last packet on its way.
_MARGIN = 2


def longest(answers: Iterable[object]) -> int:
    """Return the longest of the times that hosts returned, in seconds; 0 if none was asked."""
    return max(map(_seconds, answers), default=0)


def note_end(report_dir: str) -> None:
    """Set the time of the report to the end of the run: a report with the same content was not written again."""
    os.utime(os.path.join(report_dir, REPORT))


def seconds_left(report_dir: str | None) -> int:
    """Return how many seconds to wait until no packet filter remembers the last run, 0 if there was none."""
    if not report_dir:
        return 0
    path = os.path.join(report_dir, REPORT)
    try:
        age = time.time() - os.stat(path).st_mtime
    except OSError:
        return 0
    if not 0 <= age < _MAX_SECONDS + _MARGIN:
        return 0
    remembered = _seconds_of_report(path)
    return max(0, math.ceil(remembered + _MARGIN - age)) if remembered else 0


def _seconds_of_report(path: str) -> int:
    try:
        with open(path, encoding="utf-8") as file:
            return _seconds(json.load(file)[KEY])
    except (OSError, ValueError, LookupError, TypeError):
        return UNKNOWN_SECONDS


def _seconds(answer: object) -> int:
    known = isinstance(answer, int) and not isinstance(answer, bool) and answer >= 0
    return min(answer, _MAX_SECONDS) if known else UNKNOWN_SECONDS
