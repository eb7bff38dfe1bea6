# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concern ``flows``: what is open on the packet filter of a host, for how long, and the hardening that goes with NIM."""

import os
import time

from ansible_collections.fleet.ports.plugins.module_utils._flows import backends, flow_rules, participants, peer_limit
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import (
    FAIL,
    HARDENING,
    NO_FILTER,
    ON_BLOCKED,
    WARN,
    WINDOWS,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.request import (
    NO_FLOWS,
    Request,
    compute_changes,
    packet_filters,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import diffs, records
from ansible_collections.fleet.ports.plugins.module_utils._jobs import host_job
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list

NAME = "flows"

END = dict(
    type="dict",
    required=True,
    options=dict(
        role=dict(type="str", required=True),
        ports=dict(type="list", elements="str", required=True),
        peers=dict(type="str"),
    ),
)
FLOW = dict(
    id=dict(type="str", required=True),
    direction=dict(type="str", choices=list(flow_rules.HOOKS), required=True),
    protocol=dict(type="str", choices=["tcp", "udp"], required=True),
    source=END,
    destination=END,
    initiates=dict(type="bool", default=True),
    service=dict(type="str"),
    phase=dict(type="str"),
    documented=dict(type="bool"),
    reference=dict(type="str"),
    reason=dict(type="str"),
    window=dict(type="str", choices=["host", "source", "destination", "any"]),
)
WINDOW = dict(
    seconds=dict(type="int", required=True),
    clients=dict(type="dict", required=True),
    host=dict(type="str"),
)
OPTIONS = dict(
    flows=dict(type="list", elements="dict", default=[], options=FLOW),
    peers=dict(type="dict", default={}),
    interfaces=dict(type="list", elements="str", default=[]),
    backend=dict(type="str", choices=[backends.AUTO, *backends.NAMES], default=backends.AUTO),
    aix_default_action=dict(type="str", choices=["deny"]),
    max_rules=dict(type="int", default=flow_rules.MAX_RULES),
    on_blocked=dict(type="str", choices=list(ON_BLOCKED), default=FAIL),
    tftpaccess=dict(type="bool", default=False),
    retired=dict(type="dict", options=dict(masters=dict(type="list", elements="str", required=True))),
    window=dict(type="dict", options=WINDOW),
    window_renew=dict(type="bool", default=False),
    window_close=dict(type="bool", default=False),
    max_shrink=dict(type="int", default=20),
)


def compute(host, options):
    """Return the Change that brings the host to the options."""
    host.require_root("open flows")
    window = options["window"]
    request = Request(
        host=window["host"] if window is not None else None,
        **{name: options[name] for name in ("flows", "peers", "interfaces", "backend", "aix_default_action", "max_rules")}
    )
    memories = records.Record(NAME).load() or {}
    if options["retired"] is None:
        peer_limit.check(request.whole, memories, options["max_shrink"])
    asked = None
    if window is not None:
        asked = window_list.Asked(
            window["clients"], window["seconds"], options["window_renew"], options["window_close"]
        )
    hardening = None
    if options["tftpaccess"] or options["retired"] is not None:
        hardening = options["tftpaccess"], options["retired"] and options["retired"]["masters"]
    return _change(host, request, memories, asked, hardening, options["on_blocked"])


def give_back(host):
    """Return the Change that closes all flows and undoes all that the record names."""
    host.require_root("close flows")
    return _change(host, NO_FLOWS, records.Record(NAME).load() or {}, None, None, WARN)


def _change(host, request, memories, asked, hardening, on_blocked):
    """Return the change; ``asked`` are the windows, ``hardening`` is what it takes, None for those that are not wanted."""
    now = int(time.time())
    windows, expiry = _expiry(host, request, memories, asked, now)
    available = packet_filters(host, request, os.environ.get("SSH_CONNECTION", ""), on_blocked, _inside)
    filters = compute_changes(request, window_list.open_ones(windows, now), memories, available)
    return Change(filters, expiry, _hardening(host, memories, hardening), window_list.listed(windows, now))


def _inside(function):
    """Call the function in a child process with a network of its own."""
    from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sandbox

    return sandbox.inside(function)


def _expiry(host, request, memories, asked, now):
    """Return the windows, and ``[(name, change)]`` of their expiry, empty where no window exists, existed or is asked for."""
    memory = memories.get(WINDOWS, {})
    if not (memory or asked or host_job.is_left(window_list.JOB)):
        return {}, []
    # Through the job: Ansible sends to the host what a module imports, and the program of the job is made of that.
    from ansible_collections.fleet.ports.plugins.module_utils._flows.jobs.close_windows import window_expiry

    windows = window_list.next_windows(window_expiry.remembered(memory), asked, now)
    expiry = window_expiry.WindowExpiry(host)
    return windows, [(expiry.name, expiry.change(windows, request, memory, now))]


def _hardening(host, memories, wanted):
    """Return ``[(name, change)]`` of the hardening, empty where none is wanted, nor was."""
    memory = memories.get(HARDENING, {})
    if not (memory or wanted):
        return []
    from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import change

    hardening = change.NimHardening(host)
    return [(hardening.name, hardening.change(change.Wanted(*wanted) if wanted else change.NOTHING, memory))]


class Change:
    """The change of a host's flows.

    :param filters: ``[(name, change)]`` of packet filters, the one in charge last; the same for ``expiry`` and
        ``hardening``.
    :param windows: the windows as the result lists them.
    """

    def __init__(self, filters, expiry, hardening, windows):
        self._filters, self._hardening, self._windows = filters, hardening, windows
        self._reporting = filters[-1:] + hardening + expiry
        self._parts = participants.in_order(expiry, filters + hardening)

    @property
    def needed(self):
        return any(change.needed for _name, change in self._parts)

    @property
    def warnings(self):
        return [warning for _name, change in self._reporting for warning in change.report.warnings]

    def diffs(self):
        """Return the files that change; where those of a part are right, what runs."""
        return [shown for _name, change in self._parts for shown in change.diffs()]

    def former_state(self):
        """Return the parts of a :class:`pending_change.Pending`."""
        return [dict(change.former_state(), owner=name) for name, change in self._parts if change.needed]

    def apply(self):
        """Make the changes of all parts under the record."""
        record = records.Record(NAME)
        for name, change in self._parts:
            participants.write(name, change, record)

    def result(self):
        name, change = self._filters[-1] if self._filters else ("", None)
        report = change.report if change else NO_FILTER
        return dict(
            backend=name,
            rules=report.rules,
            widened=report.widened,
            enforced=report.enforced,
            rehearsed=report.rehearsed,
            not_rehearsed=report.not_rehearsed,
            blocked=list(report.blocked),
            passing=report.passing,
            not_applicable=[each for _name, part in self._hardening for each in part.report.not_applicable],
            windows=self._windows,
            differences=diffs.of_diffs([shown for _name, part in self._parts for shown in part.all_diffs()]),
        )
