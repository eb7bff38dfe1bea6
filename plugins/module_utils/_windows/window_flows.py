# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is open through windows: the flows that take part in them, for the clients that have an open window now.

Such a flow appears once for each time span of an open window, with a group of peers that is bound to the span: all its
peers, or those of them that have such a window. So a packet filter only has to know which groups have a span.
"""

from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

# From when to when, in seconds since the epoch.
Span = namedtuple("Span", "opened until")

# spans: {group: Span}, for the groups that are peers for a time only
Narrowed = namedtuple("Narrowed", "flows peers spans")

_REMOTE = {"in": "source", "out": "destination"}


def narrowed(flows, peers, windows, host):
    """Return what of the flows and peers is open now; ``windows`` are open, ``host`` is this host's name as a client."""
    found = Narrowed([], dict(peers), {})
    clients = _by_span(windows)
    for flow in flows:
        whose = flow.get("window")
        if not whose:
            found.flows.append(flow)
        elif whose in ("source", "destination"):
            for span in sorted(clients):
                _add(found, flow, whose, span, only=clients[span])
        else:
            if flow["direction"] not in _REMOTE:
                raise HostError(f"Flow {flow['id']} is forwarded, so its window has to be source or destination, not {whose}.")
            for span in _last_of(clients if whose == "any" else _by_span(_of(host, windows))):
                _add(found, flow, _REMOTE[flow["direction"]], span)
    return found


def _by_span(windows):
    """Return the addresses of the clients with a window, by its span."""
    addresses = {}
    for window in windows.values():
        addresses.setdefault(Span(window.opened, window.until), []).extend(window.addresses)
    return addresses


def _of(host, windows):
    return {host: windows[host]} if host in windows else {}


def _last_of(spans):
    """Return the span that ends last, as a list; an empty one if there is none."""
    return sorted(spans, key=lambda span: span.until)[-1:]


def _add(found, flow, end, span, only=None):
    """Add the flow with the group at this end bound to the span, and to the addresses ``only``, if they are given."""
    group = flow[end].get("peers") or flow[end]["role"]
    bound = f"{group}_{'all' if only is None else 'clients'}_{span.opened}_{span.until}"
    if bound not in found.spans:
        members = found.peers.get(group, [])
        found.peers[bound] = members if only is None else cidrs.common(members, only)
        found.spans[bound] = span
    found.flows.append(dict(flow, **{end: dict(flow[end], peers=bound)}))
