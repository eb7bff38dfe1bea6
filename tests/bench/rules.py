# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that people would write by hand for the flows of a plan: one for each flow, stateful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def nft(plan: Mapping, direction: str) -> list[str]:
    """Rules of nftables for what the hosts of the other end begin: ``in`` comes in, ``forward`` passes through."""
    return [
        " ".join([
            f"ip saddr {_set(_peers(plan, flow['source']))}",
            *([f"ip daddr {_set(_peers(plan, flow['destination']))}"] if direction == "forward" else []),
            f"{flow['protocol']} sport {_set(flow['source']['ports'])}",
            f"{flow['protocol']} dport {_set(flow['destination']['ports'])}",
            "accept",
        ])
        for flow in _begun(plan, direction)
    ]


def rich(plan: Mapping) -> list[str]:
    """Rich rules of firewalld for what comes in, one for each peer and span of ports; none has a source port as well."""
    rules = [
        f'rule family="ipv4" source address="{peer}" port port="{ports}" protocol="{flow["protocol"]}" accept'
        for flow in _begun(plan, "in")
        for ports in flow["destination"]["ports"]
        for peer in _peers(plan, flow["source"])
    ]
    return list(dict.fromkeys(rules))


def _begun(plan: Mapping, direction: str) -> Iterator[Mapping]:
    return (flow for flow in plan["flows"] if flow["direction"] == direction and flow["initiates"])


def _peers(plan: Mapping, end: Mapping) -> Sequence[str]:
    return plan["peers"][end.get("peers", end["role"])]


def _set(items: Sequence[str]) -> str:
    return f"{{ {', '.join(items)} }}"
