# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Peers that a rule of the host drops by name. They stay blocked when flows are opened."""

from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs


def named_peers(named, trial, opening):
    """Return CIDRs of the peers of an opening that a rule stops which stopped the packet of a trial.

    ``named`` are the addresses, networks and ranges that the rule names, those that it stops or all others.
    """
    if not named or not trial.peers:
        return []
    peer = trial.peers[0]
    return cidrs.common(_peers(opening), named) if cidrs.common([peer], named) else [peer]


def _peers(opening):
    return [block for addresses in opening.peers.values() for listed in addresses.values() for block in listed]
