# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of inputs of a run, its seed, and the summary in its last line."""

from __future__ import annotations

import os
import random
import resource
import signal

import pytest
from hypothesis import HealthCheck, settings

from . import attempts

# Inputs for each property and each parser; a long run has its number from "make fuzz".
INPUTS = int(os.environ.get("FUZZ_INPUTS", "150"))

# What a run may take of memory: an input of a few kilobytes has no business with more.
MOST_BYTES = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """The same inputs in each short run and new ones in a long run, with limits of memory and time."""
    is_long = "FUZZ_INPUTS" in os.environ
    settings.register_profile(
        "fuzz",
        max_examples=INPUTS,
        derandomize=not is_long,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    settings.load_profile("fuzz")
    seed = os.environ.get("FUZZ_SEED") or (str(random.SystemRandom().randrange(10**9)) if is_long else "0")
    config.stash[SEED] = int(seed)
    if is_long:
        config.option.hypothesis_seed = seed
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    signal.signal(signal.SIGPROF, attempts.ring)
    for category in ("hypothesis.errors.HypothesisWarning", "PendingDeprecationWarning"):
        config.addinivalue_line("filterwarnings", f"ignore::{category}")


SEED = pytest.StashKey[int]()


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """A random generator, seeded by test and seed."""
    return random.Random(f"{request.config.stash[SEED]} {request.node.nodeid}")


@pytest.fixture(scope="session")
def inputs() -> int:
    """The number of inputs of a test."""
    return INPUTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the summary of the inputs."""
    found = attempts.count
    for function, error in sorted(found.failures):
        terminalreporter.write_line(f"fuzz: {function} ended with {error}")
    terminalreporter.write_line(
        f"fuzz: {found.inputs:,} inputs ({found.refused:,} refused in one line), {len(found.failures)} tracebacks, "
        f"seed {config.stash[SEED]}"
    )
