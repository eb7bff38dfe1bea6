# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of service managers: which of them is used on a host."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import table
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.openrc import OpenRC
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.systemd import Systemd
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.sysv import SysV
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


def systemctl(command):
    return 0, "Version=252\n", ""


# Debian has update-rc.d with every service manager, and its OpenRC is started by the init program of SysV.
@pytest.mark.parametrize("present, used", [
    ({Systemd, OpenRC, SysV}, Systemd),
    ({Systemd, OpenRC}, Systemd),
    ({Systemd, SysV}, Systemd),
    ({OpenRC, SysV}, OpenRC),
    ({SysV}, SysV),
])  # fmt: skip
def test_of_several_service_managers_the_one_that_runs_the_host_is_used(monkeypatch, present, used):
    for kind in (Systemd, OpenRC, SysV):
        monkeypatch.setattr(kind, "runs_here", staticmethod(lambda kind=kind: kind in present))
    assert isinstance(table.find(systemctl), used)


def test_a_host_without_a_supported_service_manager_is_refused(monkeypatch):
    for kind in table.service_managers():
        monkeypatch.setattr(kind, "runs_here", staticmethod(lambda: False))
    with pytest.raises(HostError) as error:
        table.find(None)
    assert str(error.value) == (
        "This host has no supported service manager to start the holder (systemd, OpenRC, or SysV init with "
        "update-rc.d). For a container, hold the ports on the host that runs it."
    )


@pytest.mark.parametrize("kind", table.service_managers())
def test_each_service_manager_has_the_same_face(kind):
    for name in ("runs_here", "files", "state", "bring_up", "take_down", "forget"):
        assert callable(getattr(kind, name))
    for name in ("service", "clarified", "with_dependents", "stop", "start"):
        assert callable(getattr(kind(systemctl).daemons, name))
