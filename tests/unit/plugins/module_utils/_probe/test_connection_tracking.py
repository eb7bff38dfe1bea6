# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's time-outs of connection tracking."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import connection_tracking


@pytest.fixture(name="kernel")
def kernel_with(tmp_path, monkeypatch):
    """Give the kernel these time-outs: UDP packet, UDP conversation, TCP connection that was reset."""
    monkeypatch.setattr(connection_tracking, "FOLDER", str(tmp_path))

    def write(*values):
        for name, value in zip(connection_tracking.TIMEOUTS, values):
            (tmp_path / name).write_text(value)

    return write


@pytest.mark.parametrize("values, seconds", [
    (("30\n", "120\n", "10\n"), 120), (("30\n", "180\n", "10\n"), 180), (("30\n", "20\n", "40\n"), 40),
])  # fmt: skip
def test_the_longest_time_out_counts(kernel, values, seconds):
    kernel(*values)
    assert connection_tracking.seconds() == seconds


@pytest.mark.parametrize("values", [(), ("30\n", "120\n"), ("30\n", "120\n", "\n")])
def test_a_kernel_that_does_not_tell_all_of_them_is_unknown(kernel, values):
    kernel(*values)
    assert connection_tracking.seconds() is None
