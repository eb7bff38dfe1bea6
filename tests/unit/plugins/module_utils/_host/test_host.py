# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host: what of it is its own, and what a test gives it."""

import os
import platform

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host


def test_the_host_is_this_one_unless_another_is_given():
    host = Host()
    assert (host.run, host.find, host.system) == (commands.run, commands.find, platform.system())
    assert [Host(system=system).is_aix for system in ("AIX", "Linux")] == [True, False]


def test_only_root_passes(monkeypatch):
    Host(user_id=0).require_root("pin ports")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(HostError, match="^Only root may pin ports; use become.$"):
        Host().require_root("pin ports")
