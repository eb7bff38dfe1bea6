# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is asked to have open, and what each packet filter that is or was in charge has to change for it."""

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules, peer_limit
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import NAMES, Backends
from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_flows


class Request:
    """What the options ask to have open; ``host`` is the name by which the host is a client itself, or None."""

    def __init__(self, flows, peers, interfaces, host, backend, default, max_rules):
        self.flows = flows
        self.peers = flow_rules.listed(peers)
        self.interfaces = interfaces
        self.host = host
        self.backend = backend
        self.default = default
        self.max_rules = max_rules
        # what all flows open, whoever has a window
        self.whole = flow_rules.opening(flows, peers, interfaces)

    def opening(self, windows):
        """Return what is to be open while these windows are."""
        if not any(flow.get("window") for flow in self.flows):
            return self.whole
        flows, peers, spans = window_flows.narrowed(self.flows, self.peers, windows, self.host)
        return flow_rules.opening(flows, peers, self.interfaces, spans)

    def plain(self):
        """Return it as the arguments to make it again."""
        return {name: value for name, value in vars(self).items() if name != "whole"}


NO_FLOWS = Request(flows=[], peers={}, interfaces=[], host=None, backend="auto", default=None, max_rules=0)


def packet_filters(request, connection=""):
    """Return the packet filters of this host; ``connection`` is the environment's SSH_CONNECTION, if it is of now."""
    return Backends(
        commands.run,
        commands.find,
        default=request.default,
        max_rules=request.max_rules,
        connection=connection,
    )


def settle(request, windows, memories, backends):
    """Return each backend's name with its change: that of an earlier run gives back what another one is to have now."""
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
