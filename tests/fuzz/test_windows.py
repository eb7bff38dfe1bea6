# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows for hostile clients: what is open through one is never more than what is open to all."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.module_utils import _firewall_addresses, _windows
from ansible_collections.fleet.ports.plugins.module_utils._firewall_settling import Request
from hypothesis import given
from hypothesis import strategies as st

from .attempts import attempt
from .openings import requests
from .texts import addresses, texts, values

ASKED = st.builds(
    _windows.Asked,
    clients=st.dictionaries(texts, st.one_of(st.lists(addresses, max_size=2), values), max_size=2),
    seconds=st.one_of(st.integers(1, 90000), st.integers()),
    renews=st.booleans(),
    closes=st.booleans(),
)


def _openings(request: dict, asked: _windows.Asked, host: str) -> tuple:
    windows = _windows.settled({}, asked, 1000)
    _windows.listed(windows, 1000)
    whole = Request(host=host, backend="auto", default=None, max_rules=0, **request)
    return whole.whole, whole.opening(_windows.open_ones(windows, 1000))


@given(
    requests,
    st.lists(st.sampled_from(["host", "source", "destination", "any", None]), min_size=4, max_size=4),
    ASKED,
    texts,
)
def test_a_window_opens_nothing_else(request: dict, whose: list, asked: _windows.Asked, host: str) -> None:
    for flow, window in zip(request["flows"], whose):
        flow["window"] = window
    answer = attempt(_openings, request, asked, host)
    if answer is None:
        return
    whole, now = answer
    for group, of_group in now.peers.items():
        everybody = [each for of_all in whole.peers.values() for cidrs in of_all.values() for each in cidrs]
        for cidrs in of_group.values():
            assert _firewall_addresses.aggregate(
                _firewall_addresses.common(cidrs, everybody)
            ) == _firewall_addresses.aggregate(cidrs), group
