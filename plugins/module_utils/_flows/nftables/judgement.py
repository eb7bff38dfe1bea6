# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an opening needs jumps on this host, and what stays blocked: rehearsed, or as it was rehearsed last.

A rehearsal holds as long as the rulesets are the same, those in force and those that are loaded at boot, and the opening
is. Where nothing can be rehearsed, the host's rules are read instead.
"""

import hashlib

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import FAIL
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import families
from ansible_collections.fleet.ports.plugins.module_utils._flows.nft_listing import LEGACY_TABLES
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import HOOKS, TABLE_FAMILIES
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# What is kept of a rehearsal: the attributes of :class:`Judged`.
_KEPT = ("places", "at_boot", "left_out", "enforced", "blocked")


class Judged:
    """What is known about an opening.

    :param places: ``[[family, table, chain, hook, first, spared]]`` of the jumps in force, ``at_boot`` of those for boot.
    :param left_out: peers that are left to the host's own rules, ``{hook: [CIDR…]}``.
    :param blocked: see :class:`change.Report`.
    :param memory: what the record keeps of it.
    :param passing: see :class:`change.Report`.
    """

    def __init__(self, places, at_boot, left_out, enforced, blocked, memory, warnings, not_rehearsed="", passing=None):
        self._places, self._at_boot, self._left_out = places, at_boot, left_out
        self.enforced = enforced
        self.blocked = blocked
        self.memory = memory
        self.warnings = warnings
        self.not_rehearsed = not_rehearsed
        self.passing = passing

    @property
    def rehearsed(self):
        return not self.not_rehearsed

    def tables(self, opening):
        """Return the tables that let the opening pass now."""
        return nft_script.tables(nft_script.chains(self._places), opening, self._left_out)

    def tables_at_boot(self, opening):
        """Return the tables that are loaded at boot."""
        return nft_script.tables(nft_script.chains(self._at_boot), opening, self._left_out)


class Judge:
    """What judges the openings of a host.

    :param host: a :class:`host.Host`.
    :param settings: the :class:`backends.Settings`.
    :param ruleset: the :class:`ruleset.Ruleset` in force.
    :param boot: the :class:`boot_script.BootScript`.
    """

    def __init__(self, host, settings, ruleset, boot):
        self._host = host
        self._settings = settings
        self._ruleset = ruleset
        self._boot = boot

    def judged(self, opening, memory):
        """Return what is known about the opening; raise HostError if it cannot be opened on this host."""
        if not (opening.rules and self._may_drop()):
            return Judged([], [], {}, [], [], {}, [])
        digests = self._digests(opening)
        if all(memory.get(name) == digest for name, digest in digests.items()):
            return self._remembered(memory)
        # Imported only here: modules come to the host without byte code, so that to import is to compile.
        from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import rehearsing
        from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences
        from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed

        try:
            found = rehearsing.rehearse(self._host, self._settings, self._ruleset, self._boot, opening)
        except NotRehearsed as error:
            if all(memory.get(name) == digests[name] for name in ("rules", "boot")):
                return self._remembered(memory, str(error))
            return self._read(opening, str(error))
        sentences.reject_side_effects(found["side_effects"])
        is_changed = memory.get("rules", digests["rules"]) != digests["rules"]
        blocked, warnings = sentences.accepted(found, self._settings.on_blocked, is_changed)
        for place in found["places"]:
            # Where the host has no rule in a chain, its beginning is its end.
            place[4] = place[4] and bool(self._ruleset.rules(tuple(place[:3])))
        kept = dict({name: found[name] for name in _KEPT}, blocked=blocked)
        return Judged(memory=dict(digests, **kept), warnings=warnings, passing=found["passing"], **kept)

    def _remembered(self, memory, not_rehearsed=""):
        kept = {name: memory[name] for name in _KEPT}
        warnings = []
        if kept["blocked"] or not_rehearsed:
            from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences

            sentences.reject(kept["blocked"], [], self._settings.on_blocked)
            warnings = [sentences.not_rehearsed(not_rehearsed)] if not_rehearsed else []
        return Judged(memory=memory, warnings=warnings, not_rehearsed=not_rehearsed, **kept)

    def _may_drop(self):
        """Return whether anything on this host could stop a packet, now or after a boot; nothing has to be asked else."""
        return self._ruleset.may_drop() or self._boot.may_drop() or bool(self._legacy_tables())

    def _digests(self, opening):
        """Return digests of all on which a rehearsal depends; ``rules`` are those in force that are not managed."""
        rules = self._ruleset.digest() + self._saved_rules()
        return {
            "rules": hashlib.sha256(rules.encode()).hexdigest(),
            "boot": self._boot.digest(),
            "opening": hashlib.sha256(repr(opening).encode()).hexdigest(),
        }

    @staticmethod
    def _legacy_tables():
        return {name for path in LEGACY_TABLES for name in (atomic_file.read(path) or b"").split()}

    def _legacy_warnings(self):
        if self._legacy_tables() - {b"nat"}:
            yield "Rules of iptables-legacy are in force beside nftables; the flows are not opened in those."

    def _saved_rules(self):
        """Return the rules of which nft says nothing, or not all, as other programs save them."""
        if not self._legacy_tables() and not self._ruleset.is_extended:
            return ""
        from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, sandbox

        try:
            return filters.without_counters(filters.read(self._host.run, self._host.find))
        except sandbox.NotRehearsed as error:
            return str(error)

    def _read(self, opening, reason):
        """Return what the host's rules say, as far as they can be read."""
        from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import static_reading
        from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences

        makes = self._boot.makes
        closed = static_reading.closed_chains(self._ruleset, makes)
        foreign = list(foreign_managers(closed, opening))
        if foreign and self._settings.on_blocked == FAIL:
            raise HostError(foreign[0])
        places = [[*chain[:3], chain.hook, chain.first, []] for chain in closed if not chain.manager]
        left_out = static_reading.quarantined(self._ruleset, closed, opening)
        return Judged(
            places=places,
            at_boot=[place for place in places if makes(tuple(place[:3]))],
            left_out=left_out,
            enforced=[hook for hook in HOOKS if any(chain.hook == hook for chain in closed)],
            blocked=[],
            memory={},
            warnings=[
                sentences.not_rehearsed(reason),
                *sentences.left_out(sorted({peer for peers in left_out.values() for peer in peers})),
                *foreign,
                *self._legacy_warnings(),
            ],
            not_rehearsed=reason,
        )


def foreign_managers(closed_chains, opening):
    """Yield a sentence for each chain that drops packets to be let in, and that another program manages."""
    for chain in closed_chains:
        if chain.manager and any(_concerns(chain, rule, opening.peers) for rule in opening.rules):
            yield (
                f"Chain {chain.name} of table {chain.family} {chain.table} drops packets at the hook {chain.hook} and is"
                f" managed by {chain.manager}, so nft must not edit it; open the flows with {chain.manager}, or move the"
                " rules of that chain to a table of your own."
            )


def _concerns(chain, rule, peers):
    ends = rule.source, rule.destination
    return rule.hook == chain.hook and any(family in TABLE_FAMILIES[chain.family] for family in families(ends, peers))
