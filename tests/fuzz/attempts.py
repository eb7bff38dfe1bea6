# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An attempt: one input for one function, which must return an answer or refuse it in one line, within a time limit.

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
    """The time limit is exceeded. A BaseException, so that no handler for ordinary exceptions catches it."""


@dataclass
class Count:
    """The results of the attempts of this run."""

    inputs: int = 0
    refused: int = 0
    # The functions that failed, and how.
    failures: set[tuple[str, str]] = field(default_factory=set)


count = Count()


def attempt(function: Callable, *arguments: object) -> object:
    """Return the answer of the function, or None if it refuses; count any other exception and raise it."""
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
    """End an attempt that exceeds the time limit."""
    raise Hung
