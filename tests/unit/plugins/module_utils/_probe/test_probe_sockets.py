# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of probes need many open files: the limit of the process is raised as far as needed and permitted."""

import resource

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import probe_sockets


@pytest.fixture
def limit(monkeypatch):
    """Of open files, as this process would have it."""
    limits = {}
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda _which, new: limits.update(now=new))
    return limits


@pytest.mark.parametrize(
    "before, after",
    [
        ((1024, 4096), (3000, 4096)),
        ((3000, 4096), (3000, 4096)),
        ((1024, resource.RLIM_INFINITY), (3000, resource.RLIM_INFINITY)),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    ],
)
def test_the_limit_of_files_is_raised_as_far_as_needed(limit, before, after):
    limit["now"] = before
    probe_sockets.allow_open_files(3000)
    assert limit["now"] == after


def test_more_files_than_a_host_allows(limit):
    limit["now"] = (1024, 2048)
    with pytest.raises(HostError) as caught:
        probe_sockets.allow_open_files(3000)
    assert str(caught.value) == (
        "These probes need 3000 open files at once; this host allows 2048 for a process. Use fewer probes in a run."
    )
