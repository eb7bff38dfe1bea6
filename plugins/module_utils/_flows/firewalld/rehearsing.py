# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal of an opening on firewalld, which makes its rules by itself.

Before a change, what others filter beside it is rehearsed, and which peers the administrator keeps out by name. After it,
while the way back is armed, the rules that firewalld has made.
"""

import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import HOOKS, without_peers
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, host_network
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.blocked import Blocked
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.quarantine import named_peers
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import ADDRESS
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.scene import Scene
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN, Stage

TABLE = "firewalld"

_MANAGED = re.compile(
    r"^\t(?:chain \S+_policy_fleet-ports-\S+|set fports-\S+) \{\n.*?^\t\}\n|^\t\t(?:jump|goto) \S+_policy_fleet-ports-\S+\n",
    re.MULTILINE | re.DOTALL,
)
_OF_FIREWALLD = re.compile(rf"^table (?:inet|ip|ip6) {TABLE} \{{.*?^\}}\n", re.MULTILINE | re.DOTALL)


def rules(host):
    """Return the ruleset of a host that is not managed, as text without what it has counted."""
    found = filters.read(host.run, host.find)
    text = filters.COUNTED.sub("", _MANAGED.sub("", found.nft)) + filters.without_counters(found)
    return "\n".join(filter(None, text.splitlines()))


def before(host, settings, opening):
    """Return plain data about a change: ``left_out``, ``enforced``, ``blocked``, ``management``."""
    loaded = filters.read(host.run, host.find)
    loaded = loaded._replace(nft=_MANAGED.sub("", loaded.nft))
    network = host_network.read()

    def on_stage():
        stage = Stage(host.run, host.find, network)
        scene = Scene(stage, loaded, opening, _manager, settings.connection)
        left_out, stopped = [], {}
        for trial in scene.flows:
            cause = scene.before[trial]
            kept_out = _keeps_out(stage.rules, cause)
            stopped[trial] = cause if kept_out or _comes_first(cause) else None
            if kept_out:
                peers = named_peers(stage.rules.addresses_of(cause), trial, opening)
                left_out += [block for block in peers if block not in left_out]
        by_hook = {hook: left_out for hook in HOOKS.values()}
        blocked = Blocked(stage, loaded, opening, _manager, by_hook).listed(stopped, {})
        return dict(scene.result(scene.before, scene.unanswered), left_out=left_out, blocked=blocked)

    def beside():
        """Return what others stop."""
        stage = Stage(host.run, host.find, network)
        others = loaded._replace(nft=_OF_FIREWALLD.sub("", loaded.nft))
        scene = Scene(stage, others, opening, _manager, settings.connection)
        return scene.result(scene.before, scene.unanswered)["blocked"]

    found = settings.inside(on_stage)
    return dict(found, blocked=settings.inside(beside) + found["blocked"])


def after(host, settings, opening, left_out):
    """Return plain data about the rules in force: ``enforced``, ``blocked``, ``management``."""
    loaded = filters.read(host.run, host.find)
    network = host_network.read()

    def on_stage():
        stage = Stage(host.run, host.find, network)
        scene = Scene(stage, loaded, without_peers(opening, left_out), _manager, settings.connection)
        return scene.result(scene.before, scene.unanswered)

    return settings.inside(on_stage)


def _manager(place):
    return "firewalld" if place[1] == TABLE else None


def _comes_first(cause):
    """Return whether a policy stops a packet before the managed ones have their turn."""
    if cause is None or cause == UNKNOWN or _manager(cause.base) is None:
        return False
    return any(chain.endswith("_POLICIES_pre") for (_family, _table, chain), _handle in cause.way)


def _keeps_out(found, cause):
    """Return whether the administrator keeps a peer out by its address: by a rich rule, or in a zone that is closed."""
    if cause is None or cause == UNKNOWN or _manager(cause.base) is None or ADDRESS not in cause.names:
        return False
    # A zone with the target "default" accepts ICMP before it rejects; zones that drop or reject everything do not.
    return cause.chain[2].endswith("_deny") or not found.accepts_icmp(cause.chain)
