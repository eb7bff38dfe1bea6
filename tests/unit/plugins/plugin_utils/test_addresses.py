# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, checked and aggregated."""

from __future__ import annotations

import pytest
from ansible_collections.fleet.ports.plugins.plugin_utils import _addresses


@pytest.mark.parametrize(
    "text, network",
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1/24", "192.0.2.0/24"),
        (" 2001:db8::1 ", "2001:db8::1/128"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("nim01", None),
        ("10", None),
        ("", None),
        ("192.0.2.1/33", None),
        (None, None),
    ],
)
def test_network(text, network):
    assert _addresses.network(text) == network


def test_aggregate_covers_just_these():
    addresses = [f"192.0.2.{number}/32" for number in range(256)] + ["2001:db8::1/128", "198.51.100.1/32"]
    assert _addresses.aggregate(addresses) == ["192.0.2.0/24", "198.51.100.1/32", "2001:db8::1/128"]


def test_aggregate_of_one_and_none():
    assert _addresses.aggregate(["192.0.2.1/32", "192.0.2.1/32"]) == ["192.0.2.1/32"]
    assert _addresses.aggregate([]) == []
