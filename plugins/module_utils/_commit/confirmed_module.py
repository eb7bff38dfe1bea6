# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module whose change has to be confirmed over a new connection, and which is executed a second time for that.

Its action plugin passes ``_awaits``, a token, and arms the roll-back with it; the second execution passes the token as
``_confirms``, and no other option.
"""

import math
import os

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host

OPTIONS = dict(
    confirm_timeout=dict(type="int", default=60),
    _awaits=dict(type="str"),
    _confirms=dict(type="str"),
)

# The verbosity (-vvv) with which Ansible shows the options of a module. They are thousands of flows on a large host, and
# returning them takes longer than sending them.
VERBOSE = 3


def run(module, concern, rollback):
    """Do what the AnsibleModule is asked for, then exit with the result, or fail with one sentence."""
    confirms, awaits = module.params["_confirms"], module.params["_awaits"]
    try:
        with rollback.exclusive(module, lambda pending: confirms or pending.token == awaits):
            result = _confirm(rollback, confirms) if confirms else _apply(module, concern, rollback)
    except HostError as error:
        module.fail_json(msg=str(error), owned=records.owned())
    module.exit_json(**result, **omit_invocation(module))


def _confirm(rollback, token):
    confirmed = rollback.confirm(token)
    return {"changed": confirmed, "confirmed": confirmed, "owned": records.owned()}


def _apply(module, concern, rollback):
    seconds, token = module.params["confirm_timeout"], module.params["_awaits"]
    pending_change.check_seconds(seconds)
    left = rollback.left(token) if token and not module.check_mode else 0
    if left:  # ssh lost the first answer, and started the module again
        return {"changed": True, "unconfirmed": math.ceil(left), "owned": records.owned()}
    return concern_module.outcome(
        module, concern, Host(), lambda change: apply_armed(module, concern, change, rollback, seconds, token)
    )


def seconds_of(option):
    """Return the time to confirm a change in, in seconds; the option is None where it is not set.

    Raise HostError for a time that is neither 0 nor within the limits.
    """
    seconds = OPTIONS["confirm_timeout"]["default"] if option is None else option
    pending_change.check_seconds(seconds)
    return seconds


def apply_armed(module, concern, change, rollback, seconds, token):
    """Apply the change of a concern; if it is armed, return ``{"unconfirmed": seconds}``, the time to confirm it in."""
    if not (token and seconds and change.needed):
        change.apply()
        return {}
    pending = pending_change.Pending(
        token=token,
        seconds=seconds,
        who=host_lock.this_process(module._name),
        pid=os.getpid(),
        records=pending_change.noted_records([concern.NAME]),
        parts=change.former_state(),
    )
    with rollback.armed(pending):
        change.apply()
    return {"unconfirmed": seconds}


def omit_invocation(module):
    """Return what keeps the options out of the result, unless Ansible shows them."""
    return {} if module._verbosity >= VERBOSE else {"invocation": {}}
