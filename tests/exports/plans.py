# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packets that the plans of a fleet require of a firewall between the hosts, and of the packet filter of a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .regions import EVERYWHERE, Region, regions

# They stand for no host: packets with them end at a router.
NOBODY = ("unaddressed", "broadcast")


def asked_of_network(plans: Mapping[str, dict], replies: bool = False) -> Iterable[Region]:
    """The packets that must pass between hosts, including replies if the firewall is stateless."""
    for plan in plans.values():
        for flow in plan["flows"]:
            if flow["source"].get("peers") in NOBODY or flow["destination"].get("peers") in NOBODY:
                continue
            if flow["initiates"] or replies:
                yield from _passing(flow, plan, plan["addresses"])


def asked_of_host(plan: dict) -> Iterable[tuple[str, Region]]:
    """The connections that must be permitted at each hook of the filter of a host, for all its addresses."""
    hooks = {"in": "input", "out": "output", "forward": "forward"}
    for flow in plan["flows"]:
        if flow["initiates"]:
            for region in _passing(flow, plan, EVERYWHERE.values(), stateful=True):
                yield hooks[flow["direction"]], region


def _passing(flow: dict, plan: dict, own: Iterable[str], stateful: bool = False) -> Iterable[Region]:
    answers = not flow["initiates"] and flow["protocol"] == "tcp" and not stateful
    yield from regions(
        "tcp/established" if answers else flow["protocol"],
        _addresses(flow["source"], plan, own if flow["direction"] == "out" else None),
        flow["source"]["ports"],
        _addresses(flow["destination"], plan, own if flow["direction"] == "in" else None),
        flow["destination"]["ports"],
    )


def _addresses(end: dict, plan: dict, own: Iterable[str] | None) -> Iterable[str]:
    if own is not None and end.get("peers") not in NOBODY:
        return own
    return plan["peers"][end.get("peers", end["role"])]
