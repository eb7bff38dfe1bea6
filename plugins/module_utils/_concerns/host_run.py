# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All concerns of a host in one execution: bring in order what its plan has, then restore what only its records name.

The action plugin passes ``_wanted``, ``{concern: options}``, and ``_restored``, ``{concern: options}`` for those to be
restored if the host has a record of them; with options these are brought to an empty plan, so that limits apply to what
is taken away, and with None they are undone without a limit.

A concern that fails ends the run, so that nothing is built on it; the action plugin says what was changed before. In
check mode the run goes on, and reports all failures. Where the flows were changed and have to be confirmed, restoring is
left to the execution that confirms them.
"""

import contextlib
import math

from ansible_collections.fleet.ports.plugins.module_utils._concerns import table
from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host


def main(module, complete):
    """Do what the AnsibleModule is asked for, then exit with the result, or fail with a sentence for each failure.

    :param complete: called with an argument spec and options, returns the options, completed and converted, and a
        list of errors.
    """
    run = HostRun(module, Host(), complete)
    try:
        with _turn(module) as rollback:
            result = run.confirm(rollback) if module.params["_confirms"] else run.carry_out(rollback)
    except HostError as error:
        module.fail_json(msg=str(error), owned=records.owned())
    # The options are the whole plan of the host: do not return them.
    result["invocation"] = {}
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


@contextlib.contextmanager
def _turn(module):
    """Hold the lock; yield the roll-back of flows where flows are concerned, else None."""
    params = module.params
    confirms, awaits = params["_confirms"], params["_awaits"]
    if not (confirms or "flows" in params["_wanted"] or "flows" in params["_restored"] and "flows" in records.owned()):
        with host_lock.taken(module):
            yield None
        return
    from ansible_collections.fleet.ports.plugins.module_utils._flows.jobs import roll_back

    rollback = roll_back.of_flows()
    with rollback.exclusive(module, lambda pending: confirms or pending.token == awaits):
        yield rollback


class HostRun:
    """One execution on a host.

    :param module: the AnsibleModule.
    :param host: a :class:`host.Host`.
    :param complete: see :func:`main`.
    """

    def __init__(self, module, host, complete):
        self._module = module
        self._complete = complete
        self._params = module.params
        self._host = host
        self._answers = {}
        self._diffs = []
        self._unconfirmed = 0  # for how many seconds a confirmation is awaited

    def carry_out(self, rollback):
        """Do all that can be done in the first execution, and return the result."""
        self._unconfirmed = self._left(rollback)
        if self._unconfirmed:  # ssh lost the first answer, and started the module again
            self._answers["flows"] = dict(changed=True)
            return self._result()
        wanted = self._params["_wanted"]
        for name in records.CONCERNS:
            if name in wanted:
                self._do(name, wanted[name], rollback)
        self._restore(rollback)
        return self._result()

    def confirm(self, rollback):
        """Confirm the flows, restore what was left to do, and return the result."""
        confirmed = rollback.confirm(self._params["_confirms"])
        if confirmed:
            self._restore(rollback)
        return dict(self._result(), confirmed=confirmed)

    @property
    def _failed(self):
        return [name for name, answer in self._answers.items() if answer.get("failed")]

    def _restore(self, rollback):
        """Restore what the host has records of, the last applied first."""
        restored, owned = self._params["_restored"], records.owned()
        for name in reversed(records.CONCERNS):
            if name in restored and name in owned and not self._unconfirmed:
                self._do(name, restored[name], rollback)

    def _do(self, name, options, rollback):
        if self._failed and not self._module.check_mode:
            return
        try:
            concern = table.load(name)
            change = concern.give_back(self._host) if options is None else self._computed(concern, options)
            self._answers[name] = concern_module.carry_out(
                self._module, change, lambda change: self._apply(concern, change, rollback)
            )
            self._diffs += change.diffs()
        except HostError as error:
            self._answers[name] = dict(failed=True, changed=False, msg=str(error))

    def _computed(self, concern, options):
        """Return the change of a concern to options that its argument spec completes and checks."""
        completed, errors = self._complete(concern.OPTIONS, options)
        if errors:
            raise HostError(f"{concern.NAME}: {'; '.join(errors)}")
        return concern.compute(self._host, completed)

    def _left(self, rollback):
        """Return for how many seconds the change of this run's token is still to be confirmed, 0 if there is none."""
        token = self._params["_awaits"]
        return math.ceil(rollback.left(token)) if rollback and token and not self._module.check_mode else 0

    def _apply(self, concern, change, rollback):
        """Apply the change of one concern; that of flows is armed, and nothing is restored before it is confirmed."""
        if concern.NAME != "flows":
            change.apply()
            return
        from ansible_collections.fleet.ports.plugins.module_utils._commit import confirmed_module

        seconds, token = confirmed_module.seconds_of(self._params["_confirm_timeout"]), self._params["_awaits"]
        armed = confirmed_module.apply_armed(self._module, concern, change, rollback, seconds, token)
        self._unconfirmed = armed.get("unconfirmed", 0)

    def _result(self):
        result = dict(
            changed=any(answer["changed"] for answer in self._answers.values()),
            concerns=self._answers,
            diff=self._diffs if self._module._diff else [],
            owned=records.owned(),
            **({"unconfirmed": self._unconfirmed} if self._unconfirmed else {})
        )
        texts = [self._answers[name]["msg"] for name in self._failed]
        return dict(result, failed=True, msg=" ".join(texts)) if texts else result
