# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says about the result of a rehearsal: the sentence with which it refuses, and its warnings."""

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import FAIL
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_REMEDY = "Let the packet pass there, or set nim_firewall_on_blocked (on_blocked of the module) to 'warn' to go on without it."
NOTHING_CHANGED, UNDONE = "Nothing was changed.", "The change was undone at once."

_WHEN = {"now": "", "boot": " after the next boot"}

CHANGED = (
    "The rules of this host were changed since they were rehearsed last, by another program or by hand; they were rehearsed"
    " anew."
)


def not_rehearsed(reason):
    """Return the warning that a host was not rehearsed; the reason completes "because"."""
    return (
        f"The flows were not rehearsed on this host, because {reason}: whether packets pass was not seen. Run the playbook"
        " fleet.ports.verify to see it."
    )


def left_out(peers):
    """Return the warning that peers (CIDRs) are not opened, in a list that is empty if there are none."""
    more = f" and {len(peers) - 3} more" if len(peers) > 3 else ""
    listing = ", ".join(peers[:3])
    return [f"Nothing is opened for {listing}{more}, which rules of this host drop by name."] if peers else []


def listed(found):
    """Return the blocked flows of a rehearsal as a result lists them: ``at`` says whether now, or after the next boot."""
    return [
        dict(entry, at=at)
        for entries, at in ((found["blocked"], "now"), (found.get("blocked_at_boot", []), "boot"))
        for entry in entries
    ]


def accepted(found, on_blocked, is_changed):
    """Return ``(blocked, warnings)`` of a rehearsal; raise HostError if the run must not go on, see :func:`reject`.

    ``is_changed`` says whether others have changed the rules since they were rehearsed last.
    """
    blocked = listed(found)
    reject(blocked, found["management"] + found.get("management_at_boot", []), on_blocked)
    return blocked, ([CHANGED] if is_changed else []) + warnings(blocked)


def reject(blocked, management, on_blocked, outcome=NOTHING_CHANGED):
    """Raise HostError if the host could not be managed any more, or a flow cannot be opened and that is not accepted.

    ``blocked`` are entries of :func:`listed`, ``management`` those of the connection that manages the host; ``outcome`` is
    what became of the host.
    """
    for entry in management:
        raise HostError(
            f"A new connection to manage this host ({entry['packet']}) would be dropped by {_where(entry)}; let it pass"
            f" there first. {outcome}"
        )
    fatal = [entry for entry in blocked if entry["fatal"]]
    if fatal and on_blocked == FAIL:
        entry, more = fatal[0], len({each["flow"] for each in fatal}) - 1
        others = f", nor would {more} other flows" if more > 1 else ", nor would another flow" if more else ""
        raise HostError(
            f"Flow {entry['flow']} ({entry['packet']}) would not pass{_WHEN[entry['at']]}: {_where(entry)} drops it{others}."
            f" {_REMEDY} {outcome}"
        )


def reject_side_effects(side_effects):
    """Raise HostError if something else would pass, or be dropped, than what was asked for."""
    for side_effect in side_effects:
        raise HostError(
            f"The managed rules would have a side effect on this host: {side_effect}. {NOTHING_CHANGED} Report this, with the"
            " output of 'nft list ruleset'."
        )


def warnings(blocked):
    """Return a sentence for each rule that stops flows all the same."""
    by_rule = {}
    for entry in blocked:
        by_rule.setdefault((_WHEN[entry["at"]], _where(entry)), []).append(entry)
    sentences = []
    for (when, where), stopped in by_rule.items():
        flows = sorted({entry["flow"] for entry in stopped})
        names = ", ".join(flows[:3]) + (f" and {len(flows) - 3} more" if len(flows) > 3 else "")
        sentences.append(f"Blocked{when}: {names} (such as {stopped[0]['packet']}), by {where}. It stays in force.")
    return sentences


def _where(entry):
    if not entry["table"]:
        return entry["rule"]
    owner = f", managed by {entry['owner']}" if entry["owner"] else ""
    return (
        f"rule '{entry['rule']}' of chain {entry['chain']} in table {entry['table']}{owner} (hook {entry['hook']})"
    )
