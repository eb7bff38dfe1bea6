# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops an opening on a host with firewalld: rehearsed, or as it was rehearsed last."""

import collections
import hashlib

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import FAIL
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


class Judged(collections.namedtuple("Judged", "left_out blocked memory warnings not_rehearsed passing")):
    """What is known about an opening.

    ``left_out`` are CIDRs of peers that are not opened; for ``blocked`` and ``passing`` see :class:`change.Report`;
    ``memory`` is what the record keeps.
    """

    @property
    def rehearsed(self):
        """Whether the kernel has judged it."""
        return not self.not_rehearsed


_KEPT = ("left_out", "blocked")


def judged(host, settings, opening, memory):
    """Return what is known about the opening; raise HostError if it cannot be opened on this host."""
    if not opening.rules:
        return Judged([], [], {}, [], "", None)
    # Imported only here: modules come to the host without byte code, so that to import is to compile.
    from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import rehearsing
    from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences

    try:
        digests = _digests(rehearsing.rules(host), opening)
        if all(memory.get(name) == digest for name, digest in digests.items()):
            sentences.reject(memory["blocked"], [], settings.on_blocked)
            return Judged(memory["left_out"], memory["blocked"], memory, [], "", None)
        found = rehearsing.before(host, settings, opening)
    except NotRehearsed as error:
        kept = [memory.get(name, []) for name in _KEPT]
        return Judged(*kept, memory, [sentences.not_rehearsed(str(error))], str(error), None)
    is_changed = memory.get("rules", digests["rules"]) != digests["rules"]
    blocked, warnings = sentences.accepted(found, settings.on_blocked, is_changed)
    kept = {"left_out": found["left_out"], "blocked": blocked}
    return Judged(memory=dict(digests, **kept), warnings=warnings, not_rehearsed="", passing=found["passing"], **kept)


def check(host, settings, opening, known):
    """Raise HostError if the rules that firewalld has made stop what was not known (a Judged) to be blocked.

    Return what the record is to remember of these rules, which were rehearsed now: a reload may have changed others than
    the managed ones.
    """
    from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import rehearsing
    from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences

    try:
        found = rehearsing.after(host, settings, opening, known.left_out)
        rules = rehearsing.rules(host)
    except NotRehearsed as error:
        raise HostError(f"Whether the flows pass could not be seen after the change, because {error}; it was undone.")
    accepted = {(entry["flow"], entry["rule"]) for entry in known.blocked}
    blocked = [entry for entry in sentences.listed(found) if (entry["flow"], entry["rule"]) not in accepted]
    sentences.reject([dict(entry, fatal=True) for entry in blocked], found["management"], FAIL, sentences.UNDONE)
    return {"rules": _digest(rules)}


def _digests(rules, opening):
    return {
        "rules": _digest(rules),
        "opening": _digest(repr(opening)),
    }


def _digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
