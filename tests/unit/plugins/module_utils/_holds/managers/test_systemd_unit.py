# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unit's text: what systemd is told, and what an older one is spared."""

import re

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import systemd_unit

COMMAND = "/usr/bin/python3 -I -S -B /etc/fleet.ports/holder.py"


def unit(version=252, user="daemon"):
    return systemd_unit.text(COMMAND, version, "/run/pid", user)


def settings(text):
    found = {}
    for name, value in re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_it_starts_before_whatever_takes_reserved_ports():
    before = " ".join(settings(unit())["Before"]).split()
    assert {"sysinit.target", "rpcbind.socket", "rpc-statd.service", "rpc-statd-notify.service"} <= set(before)
    assert settings(unit())["DefaultDependencies"] == ["no"]
    assert settings(unit())["WantedBy"] == ["sysinit.target"]


def test_systemd_keeps_the_sockets_from_246_on():
    assert settings(unit(246))["Type"] == ["oneshot"]
    assert settings(unit(246))["ExecStart"] == [COMMAND]
    assert settings(unit(246))["FileDescriptorStoreMax"] == ["1024"]
    assert settings(unit(246))["Restart"] == ["on-abort"]


def test_before_the_holder_stays():
    found = settings(unit(245))
    assert found["Type"] == ["forking"] and found["PIDFile"] == ["/run/pid"]
    assert found["ExecStart"] == [COMMAND + " --resident"]
    assert "FileDescriptorStoreMax" not in found


def test_it_has_one_right_only_and_is_not_root_where_it_can():
    found = settings(unit())
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == ["CAP_NET_BIND_SERVICE"]
    assert found["User"] == ["daemon"]


@pytest.mark.parametrize("version, user", [(252, None), (228, "daemon")])
def test_it_is_root_where_it_must_be(version, user):
    found = settings(unit(version, user))
    assert "User" not in found and "AmbientCapabilities" not in found


@pytest.mark.parametrize("version, known", [(219, 0), (239, 1), (246, 1), (252, 1)])
def test_an_old_systemd_is_told_nothing_that_it_does_not_know(version, known):
    assert ("SystemCallFilter=@system-service" in unit(version)) is bool(known)
    assert ("ProtectProc=invisible" in unit(version)) is (version >= 247)
