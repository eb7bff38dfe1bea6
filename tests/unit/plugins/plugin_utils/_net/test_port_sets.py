# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arithmetic of port sets."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._net import port_sets


@pytest.mark.parametrize(
    "ports, taken, left",
    [
        (("513-1023",), [], ("513-1023",)),
        (("513-1023",), [623, 664], ("513-622", "624-663", "665-1023")),
        (("513-1023",), [513, 1023], ("514-1022",)),
        (("513-515",), [514], ("513", "515")),
        (("512-1023", "32768-65535"), [40000], ("512-1023", "32768-39999", "40001-65535")),
        (("623-624",), [623, 624], ()),
        (("68",), [623], ("68",)),
    ],
)
def test_without(ports, taken, left):
    assert port_sets.without(ports, taken) == left


@pytest.mark.parametrize("port, inside", [(512, False), (513, True), (1023, True), (1024, False)])
def test_contains(port, inside):
    assert port_sets.contains(("513-1023",), port) is inside


@pytest.mark.parametrize("ports, choice", [(("68",), False), (("513-1023",), True), (("514", "516"), True)])
def test_is_range(ports, choice):
    assert port_sets.is_range(ports) is choice
