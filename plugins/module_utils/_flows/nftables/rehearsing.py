# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal of an opening on nftables: with the rules in force, and with those that are loaded at boot."""

from ansible_collections.fleet.ports.plugins.module_utils._flows import backends
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.places import Search
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, host_network
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import Stage
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_REMEDY = (
    "Let the packet pass there, or set nim_firewall_on_blocked (on_blocked of the module) to 'warn' to go on without it."
    " Nothing was changed."
)


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
    # What is blocked after a boot only is listed, too.
    known = {(entry["flow"], entry["rule"]) for entry in now["blocked"]}
    return dict(
        now,
        at_boot=later["places"],
        left_out=now["left_out"] + [block for block in later["left_out"] if block not in now["left_out"]],
        blocked_at_boot=[entry for entry in later["blocked"] if (entry["flow"], entry["rule"]) not in known],
        management_at_boot=later["management"] if later["was_managed"] else [],
    )


def reject(found, on_blocked):
    """Raise HostError if the host could not be managed any more, or a flow cannot be opened and that is not accepted."""
    for entry in found["management"] + found["management_at_boot"]:
        raise HostError(
            f"A new connection to manage this host ({entry['packet']}) would be dropped by {_where(entry)}; let it pass"
            " there first. Nothing was changed."
        )
    for entries, when in ((found["blocked"], ""), (found["blocked_at_boot"], " after the next boot")):
        fatal = [entry for entry in entries if entry["fatal"]]
        if fatal and on_blocked == backends.FAIL:
            entry, more = fatal[0], len({each["flow"] for each in fatal}) - 1
            others = f", nor would {more} other flows" if more > 1 else ", nor would another flow" if more else ""
            raise HostError(
                f"Flow {entry['flow']} ({entry['packet']}) would not pass{when}: {_where(entry)} drops it{others}. {_REMEDY}"
            )


def warnings(found):
    """Return a sentence for each rule that stops flows all the same."""
    sentences = []
    for entries, when in ((found["blocked"], ""), (found["blocked_at_boot"], " after the next boot")):
        by_rule = {}
        for entry in entries:
            by_rule.setdefault(_where(entry), []).append(entry)
        for where, stopped in by_rule.items():
            flows = sorted({entry["flow"] for entry in stopped})
            listed = ", ".join(flows[:3]) + (f" and {len(flows) - 3} more" if len(flows) > 3 else "")
            sentences.append(f"Blocked{when}: {listed} (such as {stopped[0]['packet']}), by {where}. It stays in force.")
    return sentences


def _where(entry):
    if not entry["table"]:
        return entry["rule"]
    owner = f", managed by {entry['owner']}" if entry["owner"] else ""
    return (
        f"rule '{entry['rule']}' of chain {entry['chain']} in table {entry['table']}{owner} (hook {entry['hook']})"
    )
