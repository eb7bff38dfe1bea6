# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concern of pins: which ports are refused, who may pin, and which operating system is asked."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.plugins.module_utils._pins import aix, concern, linux
from ansible_collections.fleet.ports.tests.unit.fakes.host import FakeHost

NONE = {"mountd": None, "lockd": None, "statd": None}


@pytest.fixture(name="changes", autouse=True)
def made_changes(monkeypatch, record_folder):
    """The changes that were made, each as operating system and pins."""
    made = []
    monkeypatch.setattr(linux, "Change", lambda host, record, pins: made.append(("Linux", record.concern, pins)))
    monkeypatch.setattr(aix, "Change", lambda host, record, pins: made.append(("AIX", record.concern, pins)))
    return made


@pytest.mark.parametrize("system", ["Linux", "AIX"])
def test_daemons_without_a_port_are_not_pinned(changes, system):
    concern.compute(FakeHost(None, system), dict(NONE, mountd=20048))
    concern.give_back(FakeHost(None, system))
    assert changes == [(system, "pins", {"mountd": 20048}), (system, "pins", {})]


@pytest.mark.parametrize(
    "options, sentence",
    [
        (dict(mountd=70000), "mountd cannot be pinned to port 70000; use a port of 1-65535."),
        (dict(lockd=0), "lockd cannot be pinned to port 0; use a port of 1-65535."),
        (
            dict(mountd=4046, statd=4046),
            "mountd and statd are both to be pinned to port 4046; use a different port for each.",
        ),
    ],
)
def test_a_port_that_cannot_be_meant_is_refused(changes, options, sentence):
    with pytest.raises(HostError) as caught:
        concern.compute(FakeHost(None), dict(NONE, **options))
    assert str(caught.value) == sentence and changes == []


@pytest.mark.parametrize("step", [lambda host: concern.compute(host, NONE), concern.give_back])
def test_only_root_may_pin_ports(changes, step):
    with pytest.raises(HostError, match="^Only root may pin ports; use become.$"):
        step(Host(user_id=1000))
    assert changes == []
