# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A random world from its seed."""

from __future__ import annotations

import ipaddress
import random
from dataclasses import dataclass

from ..network import DOWNLINK, UPLINK
from ..world import BOOT_SCRIPT, World
from . import managers, people, tables


@dataclass(frozen=True)
class Generated:
    """A world, and what is known of it because of how it was made.

    :param is_plain: all that is dropped is dropped by the administrator's default, or by name: the run must not refuse.
    """

    world: World
    is_plain: bool


def generated(seed: str) -> Generated:
    """Draw up the world of a seed."""
    dice = random.Random(seed)
    is_gateway = dice.random() < 0.35
    asked = people.request(dice, is_gateway)
    drawn = tables.of_administrator(dice, asked, (UPLINK, DOWNLINK) if is_gateway else (UPLINK,))
    has_filter = any((table.family, table.name) == ("ip", "filter") for table in drawn.tables)
    others, whom, others_plain = managers.some_others(dice, asked, is_gateway, has_filter)
    script = "#!/usr/sbin/nft -f\nflush ruleset\n" + "".join(table.text() for table in drawn.tables)
    world = World(
        name=f"generated {seed}",
        files={BOOT_SCRIPT: script},
        request=asked,
        others=tuple(others),
        is_gateway=is_gateway,
        quarantined=tuple(drawn.quarantined + whom),
    )
    is_plain = drawn.is_plain and others_plain and not _stops_a_group(world)
    return Generated(world, is_plain)


def _stops_a_group(world: World) -> bool:
    """Whether all members of a group, of one version of the Internet protocol, are dropped by name."""
    banned = [ipaddress.ip_network(whom) for _hook, whom in world.quarantined]
    for group in world.request.peers.values():
        members = [ipaddress.ip_network(each) for each in group]
        for version in (4, 6):
            same = [net for net in members if net.version == version]
            if same and all(any(net.version == one.version and net.subnet_of(one) for one in banned) for net in same):
                return True
    return False
