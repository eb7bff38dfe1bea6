# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows for hostile clients: a window never opens more than is open without windows."""

from __future__ import annotations

from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import Opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.request import Request
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs as _firewall_addresses
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list

from .attempts import attempt
from .openings import good_addresses, requests
from .texts import addresses, mostly, texts, values

NOW = 1000

ASKED = st.builds(
    window_list.Asked,
    clients=mostly(
        st.dictionaries(
            texts,
            mostly(good_addresses.filter(bool), st.one_of(st.lists(addresses, max_size=2), values)),
            min_size=1,
            max_size=2,
        ),
        st.just({}),
    ),
    seconds=mostly(st.integers(1, 90000), st.integers()),
    renews=st.booleans(),
    closes=mostly(st.just(False), st.just(True)),
)

# Whose windows a flow can take part in: the peer whom an address tells is at its remote end.
FITTING = {"in": ("source", "host", "any"), "out": ("destination", "host", "any"), "forward": ("source", "destination")}


def _openings(request: dict, asked: window_list.Asked, host: str) -> tuple:
    windows = window_list.next_windows({}, asked, NOW)
    window_list.listed(windows, NOW)
    whole = Request(host=host, backend="auto", aix_default_action=None, max_rules=0, **request)
    return whole.whole, whole.opening(window_list.open_ones(windows, NOW))


def test_a_window_opens_nothing_else(inputs: int) -> None:
    narrowed = 0

    @given(
        requests,
        st.lists(mostly(st.integers(0, 5), st.none()), min_size=4, max_size=4),
        ASKED,
        texts,
        st.booleans(),
    )
    def check(request: dict, whose: list, asked: window_list.Asked, host: str, is_client: bool) -> None:
        nonlocal narrowed
        for flow, choice in zip(request["flows"], whose):
            fitting = FITTING[flow["direction"]]
            flow["window"] = None if choice is None else fitting[choice % len(fitting)]
            for end in ("source", "destination"):
                request["peers"].setdefault(flow[end]["role"], ["192.0.2.0/24", "2001:db8::/48"])
        answer = attempt(_openings, request, asked, next(iter(asked.clients), host) if is_client else host)
        if answer is None:
            return
        whole, now = answer
        assert set(now.spans) <= set(now.peers)
        narrowed += bool(now.spans)
        for group, of_group in now.peers.items():
            everybody = whole.peers[_unbound(group, now)]
            for family, cidrs in of_group.items():
                together = _firewall_addresses.aggregate([*cidrs, *everybody[family]])
                assert together == _firewall_addresses.aggregate(everybody[family]), group
        assert _flows(now.rules) <= _flows(whole.rules) and _flows(now.answers) <= _flows(whole.answers)

    check()
    assert narrowed > inputs / 10, f"only {narrowed} of these requests open anything through a window"


def _unbound(group: str | None, now: Opening) -> str | None:
    """The group as the request has it."""
    return group.rsplit("_", 3)[0] if group in now.spans else group


def _flows(rules: tuple) -> set[tuple]:
    return {(rule.hook, rule.protocol, flow) for rule in rules for flow in rule.flows}
