# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An attempt: one input given to one function of ours, which has to answer or to refuse it in one line, and soon.

All attempts of a run are counted, and whatever else than an answer or a refusal comes of one.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError

# Of work, however busy the machine is: too long for any input that a run of this size makes.
SECONDS = 10


class Hung(BaseException):
    """No answer in time; no ordinary exception, so that nothing on the way takes it for one."""


@dataclass
class Count:
    """What became of the attempts of this run."""

    inputs: int = 0
    refused: int = 0
    # The functions that failed, and how.
    failures: set[tuple[str, str]] = field(default_factory=set)


count = Count()


def attempt(function: Callable, *arguments: object) -> object:
    """Return the function's answer, None if it refuses; let every other exception pass, once it is counted."""
    count.inputs += 1
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return function(*arguments)
    except (HostError, MatrixError) as error:
        count.refused += 1
        assert str(error).isprintable(), f"an error of several lines: {error}"
        return None
    except BaseException as error:
        count.failures.add((getattr(function, "__qualname__", str(function)), type(error).__name__))
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def ring(_signal: int, _frame: object) -> None:
    """End what takes too long."""
    raise Hung
