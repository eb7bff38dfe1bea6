# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scripts for hosts without Ansible are to open, and how they begin."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import host_script

WINDOW = {"nim_firewall_window": "4h", "nim_firewall_window_clients": "c"}


def test_what_is_open_for_a_time_only_is_left_out_and_named(pair):
    plan, windowed = pair("m"), pair("m", m=WINDOW)
    flows = {flow for rule in host_script.opening(plan).rules for flow in rule.flows}
    lasting = {flow for rule in host_script.opening(windowed).rules for flow in rule.flows}
    assert "bootp-request" in flows - lasting and "nim-request" in lasting
    header = host_script.header(windowed)
    assert "#   bootp-request\n" in header and "nim-request" not in header
    assert "nim_firewall_window" not in host_script.header(plan)


@pytest.mark.parametrize("name", ["m\nrm -rf /", "m\u2028x", "\x1b[2J"])
def test_a_host_of_any_name_stays_in_the_comment(pair, name):
    header = host_script.header({**pair("m"), "host": name})
    assert all(line.startswith("#") for line in header.splitlines())


def test_what_no_filter_takes_is_a_sentence_about_the_host(pair):
    plan = {**pair("m"), "interfaces": ["en 0"]}
    with pytest.raises(MatrixError, match="^Host m: 'en 0' is not a valid interface name; "):
        host_script.opening(plan)
