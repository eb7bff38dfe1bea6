# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What packet filters remember of the last run.

Connection tracking takes a UDP packet for a part of the conversation that it saw half a minute before, and for ten
seconds a connection that its server has reset for one that goes on. A probe that is sent again so soon would pass
without its rule.
"""

from __future__ import annotations

import math
import os
import time

# The report on a run; it is as old as the run.
REPORT = "verify.json"

# Linux keeps an entry of UDP for 30 s, unless net.netfilter.nf_conntrack_udp_timeout says otherwise.
_SECONDS = 32


def note_end(report_dir: str) -> None:
    """Remember that a run has just ended; a report that says what the last one said was not written again."""
    os.utime(os.path.join(report_dir, REPORT))


def seconds_left(report_dir: str | None) -> int:
    """Return how long to wait until a probe of the last run is as good as new."""
    if not report_dir:
        return 0
    try:
        age = time.time() - os.stat(os.path.join(report_dir, REPORT)).st_mtime
    except OSError:
        return 0
    return math.ceil(_SECONDS - age) if 0 <= age < _SECONDS else 0
