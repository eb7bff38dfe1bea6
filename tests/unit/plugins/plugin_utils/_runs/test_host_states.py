# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts by state: numbers, names and lines for a screen."""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._runs import host_states


class Summed(NamedTuple):
    state: str


FLEET = {"a": Summed("changed"), "b": Summed("failed"), "c": Summed("changed")}
STATES = ("changed", "unchanged", "failed")


def test_hosts_are_counted_and_named_by_state():
    assert host_states.counts(FLEET, STATES) == {"hosts": 3, "changed": 2, "unchanged": 0, "failed": 1}
    assert host_states.hosts_by_state(FLEET, STATES) == {"changed": ["a", "c"], "unchanged": [], "failed": ["b"]}


def test_a_screen_has_fifty_hosts():
    lines = [f"host {number}" for number in range(52)]
    assert host_states.limited(lines[:50], "hosts") == lines[:50]
    assert host_states.limited(lines, "hosts") == [*lines[:50], "and 2 more hosts"]


def test_a_line_has_three_hundred_characters():
    assert host_states.shortened("x" * 300, " (note)") == "x" * 300
    assert host_states.shortened("x" * 301, " (note)") == "x" * 300 + "… (note)"
