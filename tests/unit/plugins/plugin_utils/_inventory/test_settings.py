# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of a host: defaults, and the message about an invalid value."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import read_settings


def test_what_nobody_set_has_its_default():
    settings = read_settings("Host h", {"nim_communication": "rsh", "nim_http": ""})
    assert settings["nim_communication"] == "rsh"
    assert settings["nim_http"] is False
    assert dict(settings.given) == {"nim_communication": "rsh"}


def test_null_is_a_value_of_its_own():
    settings = read_settings("Host h", {"nfs_ports_mountd": None})
    assert settings["nfs_ports_mountd"] is None
    assert settings["nfs_ports_lockd"] == 4045


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("nim_communication", "ssh", "Host h: nim_communication is 'ssh'; set it to nimsh or rsh."),
        ("nim_master_port", 70000, "Host h: nim_master_port is 70000; set it to a port between 1 and 65535."),
        (
            "nim_reserved_ports",
            "1023-513",
            "Host h: nim_reserved_ports has '1023-513'; the start of the range is greater than its end.",
        ),
        (
            "nim_reserved_ports",
            "513-99999",
            "Host h: nim_reserved_ports has '513-99999'; set it to a port or a port range within 1-65535.",
        ),
        (
            "port_blocker_ports",
            [623, 99999],
            "Host h: port_blocker_ports has 99999; set it to a port between 1 and 65535.",
        ),
        ("nim_nfs_version", 2, "Host h: nim_nfs_version is 2; set it to 3 or 4."),
        ("fleet_ports_profile", "strict", "Host h: fleet_ports_profile is 'strict'; set it to documented or working."),
    ],
)
def test_an_unfit_value_is_one_sentence(name, value, sentence):
    with pytest.raises(MatrixError) as error:
        read_settings("Host h", {name: value})
    assert str(error.value) == sentence
