# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is to have open, and the change of each packet filter that has flows open or is to have."""

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules, peer_limit
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import NAMES, Backends, Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import WARN
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_flows

# The attributes of a request by their names in the record, which are those of release 1.0.0.
_RECORDED = {
    "flows": "flows",
    "peers": "peers",
    "interfaces": "interfaces",
    "host": "host",
    "backend": "backend",
    "default": "aix_default_action",
    "max_rules": "max_rules",
}


class Request:
    """The options that say what is to be open; ``host`` is this host's name as a client that can have a window."""

    def __init__(self, flows, peers, interfaces, host, backend, aix_default_action, max_rules):
        self.flows = flows
        self.peers = flow_rules.listed(peers)
        self.interfaces = interfaces
        self.host = host
        self.backend = backend
        self.aix_default_action = aix_default_action
        self.max_rules = max_rules
        # What is open while every client has a window.
        self.whole = flow_rules.opening(flows, peers, interfaces)

    def opening(self, windows):
        """Return what is to be open while exactly these windows are."""
        if not any(flow.get("window") for flow in self.flows):
            return self.whole
        flows, peers, spans = window_flows.narrowed(self.flows, self.peers, windows, self.host)
        return flow_rules.opening(flows, peers, self.interfaces, spans)

    def recorded(self):
        """Return the request as the record keeps it."""
        return {name: getattr(self, attribute) for name, attribute in _RECORDED.items()}


def from_record(recorded):
    """Return the request that a record keeps."""
    return Request(**{_RECORDED[name]: value for name, value in recorded.items()})


NO_FLOWS = Request(
    flows=[], peers={}, interfaces=[], host=None, backend="auto", aix_default_action=None, max_rules=0
)


def nowhere(_function):
    """Refuse a rehearsal: a job of the host only closes what is open, and a host is given back whatever its rules say."""
    from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed

    raise NotRehearsed("nothing is opened")


def packet_filters(host, request, connection="", on_blocked=WARN, inside=nowhere):
    """Return the packet filters of a host.

    ``connection`` is SSH_CONNECTION of the environment, if this process serves a connection. ``on_blocked`` is an option
    of a run and not recorded: a job of the host closes what is over, whatever else stops the flows that stay open. For
    ``inside`` see :class:`backends.Settings`.
    """
    return Backends(host, Settings(request.aix_default_action, request.max_rules, connection, on_blocked, inside))


def compute_changes(request, windows, memories, backends):
    """Return ``[(name, change)]``: former packet filters give back what the chosen one, the last, is to have open."""
    opening = request.opening(windows)
    chosen = backends.chosen(request.backend) if opening.rules else None
    changes = []
    for former in [each for each in NAMES if each in memories]:
        if chosen is None or chosen.name != former:
            changes.append((former, backends.named(former).change(flow_rules.NOTHING, memories[former])))
    if chosen is not None:
        change = chosen.change(opening, memories.get(chosen.name, {}))
        peer_limit.remember(change, request.whole)
        changes.append((chosen.name, change))
    return changes
