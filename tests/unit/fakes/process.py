# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a process has of its own while it is tested."""

import contextlib
import os

import pytest


@contextlib.contextmanager
def umask(mask):
    """Have this umask meanwhile."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def descriptors():
    """Return the numbers of the open files of this process; skip the test on a system that doesn't list them."""
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("needs /proc")
    return set(os.listdir("/proc/self/fd"))


def failing(number):
    """Return a function that fails as a system call does, with this error number."""

    def fail(*_arguments, **_keywords):
        raise OSError(number, os.strerror(number))

    return fail
