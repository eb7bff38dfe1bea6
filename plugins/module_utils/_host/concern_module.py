# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A concern as a module of its own: take the lock, compute the change, apply it, return what changed.

A concern is a Python module with this face:

``NAME``
    its name, which is that of its record (see :mod:`records`)
``OPTIONS``
    the argument spec of its options, without ``state``
``compute(host, options)``
    reads the host (a :class:`host.Host`) and returns the change that brings it to the options
``give_back(host)``
    returns the change that undoes all that the record names

Both only read, and raise HostError for what stands in the way. A change has

``needed``
    whether it changes anything
``diffs()``
    what it changes, as :func:`file_changes.diffs` returns it
``warnings``
    a list of sentences
``apply()``
    changes the host under a record that is saved first, or raises HostError and leaves the host as it was
``result()``
    the return values of the module: what was done after ``apply()``, what would be done before it; they overrule those
    that all concerns have in common
"""

from ansible_collections.fleet.ports.plugins.module_utils._host import diffs as differences, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host

STATE = dict(type="str", choices=["present", "absent"], default="present")


def argument_spec(concern):
    """Return the argument spec of the concern's module."""
    return dict(concern.OPTIONS, state=STATE)


def run(module, concern, lock=host_lock.taken):
    """Do what the AnsibleModule is asked for, then exit with the result, or fail with one sentence.

    :param lock: a context manager, called with the module, inside which the host is read and changed.
    """
    try:
        with lock(module):
            result = outcome(module, concern, Host())
    except HostError as error:
        module.fail_json(msg=str(error), owned=records.owned())
    module.exit_json(**result)


def outcome(module, concern, host, apply=lambda change: change.apply()):
    """Return the result of the module; in check mode, nothing is changed for it.

    :param apply: applies a change, and returns what the result has besides, if anything.
    """
    if module.params["state"] == "present":
        change = concern.compute(host, module.params)
    else:
        change = concern.give_back(host)
    diffs = change.diffs()
    return dict(
        carry_out(module, change, apply),
        diff=diffs if module._diff else [],
        owned=records.owned(),
    )


def carry_out(module, change, apply):
    """Apply the change unless in check mode; return the answer of its concern, without its diffs."""
    extra = {} if module.check_mode else apply(change) or {}
    for warning in change.warnings:
        module.warn(warning)
    common = dict(changed=change.needed, differences=differences.of_diffs(change.diffs()))
    return dict(common, **dict(change.result(), **extra))
