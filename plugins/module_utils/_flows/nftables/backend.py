# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nftables backend: managed chains and sets inside the host's tables, loaded now and at each boot.

An accept in another base chain could not overrule a drop in the administrator's. So the managed chains are called from
the base chains that drop by default, and contain nothing but accepts; where nothing is dropped, there is nothing to open.
Which chains these are is what the kernel says on a copy of the host (:mod:`rehearsal`), before anything is changed.
"""

import contextlib

from ansible_collections.fleet.ports.plugins.module_utils._flows import nft_listing
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, Report, Running
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import boot_script, judgement, nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

UNIT = "nftables.service"
_TIMED = b"table inet fleet_ports_windows {\n\tchain any {\n\t\tmeta time >= 0 accept\n\t}\n}\n"


class Nftables:
    """nftables through its command ``nft``; without the command there are only files to give back."""

    name = "nftables"

    def __init__(self, host, services, settings):
        self._host = host
        self._settings = settings
        self._run = host.run
        self._nft = host.find("nft")
        self._unit = services.nftables

    def change(self, opening, memory):
        """Return the change that opens exactly this; ``memory`` is that of an earlier run."""
        if opening.rules and self._unit and self._unit.enabled and not self._unit.active:
            raise HostError(f"{UNIT} is enabled but not active, so the host's rules are not loaded; start it first.")
        boot = boot_script.BootScript(boot_script.find(self._unit.exec_start if self._unit else ""))
        if opening.spans:
            self._require_times()
        with _as_nft_lists():
            ruleset = self._ruleset()
            owned = self._owned(ruleset)
        judge = judgement.Judge(self._host, self._settings, ruleset, boot)
        with _as_nft_lists():
            judged = judge.judged(opening, memory)
        wanted = judged.tables(opening)
        running = Running("running ruleset", nft_script.text(owned.tables).encode(), nft_script.text(wanted).encode())
        transaction = b"" if running.before == running.after else _replacing(owned, wanted)

        lasting = nft_script.text(judged.tables_at_boot(opening))
        files = boot.changes(lasting, memory.get("script"))
        live = nft_script.plain(owned.tables)

        change = Change(
            Report(
                rules=sum(len(lines) for table in wanted for lines in table.chains.values()),
                widened=[],
                enforced=judged.enforced,
                warnings=judged.warnings + list(self._warnings(boot, wanted)),
                memory=dict(judged.memory, script=boot.path if lasting else None) if wanted or lasting else None,
                rehearsed=judged.rehearsed,
                not_rehearsed=judged.not_rehearsed,
                blocked=judged.blocked,
                passing=judged.passing,
            ),
            files,
            running,
            load=lambda: self._load(transaction),
            recover=lambda: self.restore(live, []),  # an nft that was ended for hanging may have loaded them
            live=live,
        )
        if change.needed and lasting:
            self._check_boot(boot, lasting)
        if transaction:
            self._nft_run("-c", "-f", "-", data=transaction)
            self._check_way_back(owned)
        return change

    def restore(self, live, _paths):
        """Make the managed rules in force what they were, where the host's own rules still exist."""
        with _as_nft_lists():
            ruleset = self._ruleset()
            owned = self._owned(ruleset)
            former = ruleset.joinable(nft_script.from_plain(live))
        if nft_script.text(former) != nft_script.text(owned.tables):
            self._load(_replacing(owned, former))

    def _ruleset(self):
        return Ruleset(nft_listing.read(self._nft_run) if self._nft else [])

    def _owned(self, ruleset):
        """Return what is managed, with what others added to it."""
        return ruleset.owned({chain: self._nft_run("-a", "list", "chain", *chain) for chain in ruleset.edited()})

    def _require_times(self):
        """Make sure that rules can be limited to a time span, which windows need."""
        code, _output, _errors = self._run([self._nft, "-c", "-f", "-"], data=_TIMED, binary_data=True, cwd="/")
        if code != 0:
            raise HostError(
                "nftables on this host cannot match the time, which windows need; update it to 0.9.3 or later on Linux 5.4"
                " or later, or do not set nim_firewall_window for this host."
            )

    def _load(self, transaction):
        if transaction:
            self._nft_run("-f", "-", data=transaction)

    def _check_boot(self, boot, rules):
        """Make sure that the host's rules will load at boot together with the managed ones, or say which of them fail."""
        for added, advice in (("", f"correct {boot.path} first"), (rules, "report this, with that file")):
            script = boot.whole(added)
            code, _output, errors = self._run([self._nft, "-c", "-f", "-"], data=script, binary_data=True, cwd="/")
            if code != 0:
                complaint = _one_line(errors).replace("/dev/stdin", boot.path)
                raise HostError(
                    f"The host's rules would not load at boot ({complaint}); {advice}. Nothing was changed."
                )

    def _check_way_back(self, owned):
        """Make sure that what is in force now can be loaded again: others may have added rules to it."""
        try:
            self._nft_run("-c", "-f", "-", data=_replacing(owned, owned.tables))
        except HostError as error:
            names = ", ".join(sorted({name for table in owned.tables for name in table.chains}))
            raise HostError(
                f"The current content of the chains {names} cannot be loaded again, which may be needed to undo this"
                f" change ({error}) Remove the rules in these chains that are not managed by fleet.ports."
            )

    def _warnings(self, boot, wanted):
        makers = boot.path or "any script that is loaded at boot"
        for table in wanted:
            for jump in table.jumps:
                if not boot.makes((table.family, table.name, jump.chain)):
                    yield (
                        f"Chain {jump.chain} of table {table.family} {table.name} is not made by {makers}: after a boot its"
                        " flows stay closed until this module runs again."
                    )
        if wanted and self._unit and not self._unit.enabled:
            yield f"{UNIT} is not enabled, so neither this host's rules nor the flows are loaded at boot."

    def _nft_run(self, *arguments, data=None):
        answer = self._run([self._nft, *arguments], data=data, binary_data=True, cwd="/", environ_update={"TZ": "UTC"})
        code, output, errors = answer
        if code != 0:
            raise HostError(f"'nft {' '.join(arguments)}' failed: {_one_line(errors)}; nothing was changed.")
        return output


@contextlib.contextmanager
def _as_nft_lists():
    """Raise HostError for a ruleset in a form that :mod:`ruleset` does not know."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise HostError(f"nft lists this host's rules in an unknown form ({error!r}); nothing was changed.")


def _replacing(owned, tables):
    """Return the transaction that replaces all that is managed by these tables."""
    return (nft_script.undo(owned) + nft_script.text(tables)).encode()


def _one_line(errors):
    """Return the first line of nft's errors; those after it quote the script."""
    lines = errors.strip().splitlines()
    return lines[0] if lines else "it did not say why"
