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

    def manager(place):
        return ruleset.manager(place, boot.makes(place))

    def now():
        stage = Stage(host.run, host.find, network)
        search = Search(stage, in_force, opening, manager, settings.connection)
        found = search.result()
        if loaded.nft != in_force.nft:
            found["passing"]["now"] = search.passing(loaded)
        return found

    def at_boot():
        """Return the result with what is loaded at boot, None if that is what is in force."""
        stage = Stage(host.run, host.find, network)
        stage.load_script(boot.whole("").decode("utf-8", "surrogateescape"))
        legacy = [each for each in loaded.saved if filters.is_legacy(each)]
        later = in_force._replace(nft=stage.listed(), saved=legacy)
        if filters.are_same(in_force, later):
            return None
        return Search(stage, later, opening, lambda place: None, settings.connection).result()

    found = settings.inside(now)
    later = settings.inside(at_boot) if boot.path else NOTHING_AT_BOOT
    if later is None:
        return dict(found, at_boot=found["places"], blocked_at_boot=[], management_at_boot=[])
    return _together(found, later)


# The result where no script is loaded at boot.
NOTHING_AT_BOOT = dict(places=[], left_out={}, side_effects=[], blocked=[], management=[], was_managed=False)


def _together(now, later):
    """Return both results as one, in which a chain has its jump at the same place in both."""
    first, spared = {}, {}
    for *place, _hook, is_first, names in now["places"] + later["places"]:
        first[tuple(place)] = is_first or first.get(tuple(place), False)
        spared[tuple(place)] = sorted(set(names) | set(spared.get(tuple(place), ())))
    for places in (now["places"], later["places"]):
        for place in places:
            place[4:] = [first[tuple(place[:3])], spared[tuple(place[:3])]]
    known = {(entry["flow"], entry["table"], entry["chain"], entry["rule"]) for entry in now["blocked"]}
    return dict(
        now,
        at_boot=later["places"],
        left_out={
            hook: sorted(set(now["left_out"].get(hook, [])) | set(later["left_out"].get(hook, [])))
            for hook in dict(now["left_out"], **later["left_out"])
        },
        blocked_at_boot=[
            entry
            for entry in later["blocked"]
            if (entry["flow"], entry["table"], entry["chain"], entry["rule"]) not in known
        ],
        side_effects=now["side_effects"] + later["side_effects"],
        management_at_boot=later["management"] if later["was_managed"] else [],
    )
