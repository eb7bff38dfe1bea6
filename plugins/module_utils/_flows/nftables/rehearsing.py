# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal of an opening on nftables: with the rules in force, and with those that are loaded at boot."""

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.places import Search
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, host_network
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import Stage


def rehearse(host, settings, ruleset, boot, opening):
    """Return plain data: ``places``, ``at_boot``, ``left_out``, ``enforced``, ``blocked``, ``management``.

    :param ruleset: the :class:`ruleset.Ruleset` in force.
    :param boot: the :class:`boot_script.BootScript`.
    :raises NotRehearsed: if that is not possible on this host.
    """
    loaded = filters.read(host.run, host.find)
    in_force = loaded._replace(nft=filters.without_managed(loaded.nft))
    network = host_network.read()
    script = boot.rehearsal("") if boot.path else None

    def on_stage():
        stage = Stage(host.run, host.find, network)

        def manager(place):
            return ruleset.manager(place, boot.makes(place))

        found = Search(stage, in_force, opening, manager, settings.connection).result()
        if script is None:
            return dict(found, at_boot=[], blocked_at_boot=[], management_at_boot=[])
        stage.load_script(script)
        at_boot = in_force._replace(nft=stage.listed(), saved=[each for each in loaded.saved if filters.is_legacy(each)])
        if filters.are_same(in_force, at_boot):
            return dict(found, at_boot=found["places"], blocked_at_boot=[], management_at_boot=[])
        later = Search(stage, at_boot, opening, lambda place: None, settings.connection).result()
        return _together(found, later)

    return settings.inside(on_stage)


def _together(now, later):
    """Return both results as one, in which a chain has its jump at the same place in both."""
    first = {tuple(place[:3]) for place in now["places"] + later["places"] if place[4]}
    for places in (now["places"], later["places"]):
        for place in places:
            place[4] = tuple(place[:3]) in first
    known = {(entry["flow"], entry["rule"]) for entry in now["blocked"]}
    return dict(
        now,
        at_boot=later["places"],
        left_out=now["left_out"] + [block for block in later["left_out"] if block not in now["left_out"]],
        blocked_at_boot=[entry for entry in later["blocked"] if (entry["flow"], entry["rule"]) not in known],
        management_at_boot=later["management"] if later["was_managed"] else [],
    )
