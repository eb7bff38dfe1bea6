# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A time limit for a wait that has none, such as for a host that has just dropped the connection."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager


class TimeIsUp(BaseException):
    """Not an ordinary exception, so that no code on the way handles it as a failure of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp after so many seconds, unless the task's own timeout, which works alike, comes first."""
    former_seconds, _interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < former_seconds <= seconds:
        yield
        return
    begun = time.monotonic()
    former_handler = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former_handler)
        if former_seconds:
            passed = time.monotonic() - begun
            signal.setitimer(signal.ITIMER_REAL, max(former_seconds - passed, 0.001))


def _ring(_signal, _frame):
    raise TimeIsUp
