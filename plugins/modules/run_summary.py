#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of run_summary, which runs on the controller: see plugins/action/run_summary.py."""

DOCUMENTATION = r"""
module: run_summary
short_description: Sum up a run over many hosts, or report on an audit
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Reads the results that earlier tasks of the same run registered on the hosts, and sums them up.
  - With O(of=changes) it counts and names the hosts that the run changed (or would change in check mode), the unchanged
    hosts, and the failed hosts. The playbooks C(fleet.ports.site) and C(fleet.ports.remove) end with it.
  - With O(of=audit) the results are those of a run in check mode. It reports where each host differs from its
    plan, for example an unwanted rule, a missing line, a port that another program uses, or a daemon that is not at its
    pinned port. The playbook C(fleet.ports.audit) ends with it.
  - With both, it lists the flows that a rule of a host stops although they are open, and the hosts whose kernel did not
    judge packets of their flows, as M(fleet.ports.firewall_flows) returns them.
  - Runs on the controller and connects to no host.
  - The results are those of M(fleet.ports.host_ports), registered in the variable C(fleet_ports_host). A host without one
    has failed, or is reported as not audited.
  - Shows the summary on the screen, a line for each item of RV(summary). Sets the statistic C(fleet_ports_done) or
    C(fleet_ports_drift) for job systems, with the numbers and names of RV(counts) and RV(hosts).
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
attributes:
  check_mode:
    details:
      - In check mode, no report is written. The playbook C(fleet.ports.audit) writes its report in check mode as well
        (C(check_mode=false) on its task), because a report is a file on the controller and no change of a host.
options:
  of:
    description:
      - What to sum up.
      - V(changes) is a run that changes hosts, or predicts it.
      - V(audit) is a run of the roles in check mode, on which a report is written.
    type: str
    choices: [changes, audit]
    required: true
  hosts:
    description:
      - The hosts to sum up, as a pattern, or a list of host names and patterns.
      - C(--limit) does not apply to it. Use V({{ ansible_play_hosts_all }}) for the hosts of the play.
    type: raw
    required: true
  report_dir:
    description:
      - The folder of the controller in which C(audit.json), for programs, and C(audit.md), for people, are written.
        Only their owner can read them.
      - The files contain no time, and change only if the findings change. If this task is changed, the state of the
        fleet has changed.
      - Required with O(of=audit), and not accepted otherwise.
    type: path
notes:
  - C(audit.json) has C(version) (V(1)), C(hosts_with_role) (the number of hosts of the inventory that have a role),
    C(counts) as RV(counts), C(not_rehearsed) (for each host of RV(not_rehearsed), why), and C(hosts). For each host, the
    latter has C(state), C(concerns) (the state of each concern) and C(findings). The states are V(in_order), V(differs)
    and V(not_audited).
  - Each finding has C(concern) (V(services), V(holds), V(pins) or V(flows), or V(null) if it is about the whole host),
    C(kind) and C(sentence), which is one line.
  - A finding of kind V(content) is a file, or a part of the running system (C(where)), with lines that it should not
    have (C(unwanted)) or that are missing (C(missing)). Both have C(count), and C(lines) with the first ten.
  - A finding of kind V(moved_pin) is a C(daemon) that uses the port C(observed) of C(protocol) instead of C(wanted).
  - A finding of kind V(taken_port) is a program that uses a port to be held, and that a run would restart. The kind
    V(obstacle) is an error that prevents the change, for example a program that cannot be restarted.
  - A finding of kind V(edited) is a managed C(line) that was modified externally. The kind V(leftover) is a concern
    that the host has a record of and that is no longer in its plan.
  - A finding of kind V(blocked) is a rule of the host that stops C(flows) all the same. Its other values are those of
    RV(fleet.ports.firewall_flows#module:blocked), with one packet as an example.
  - A finding of kind V(plan) is an error in the plan, V(unreachable) a host that could not be reached, V(unknown) a
    concern that could not be audited for another reason, and V(other) a change without details.
seealso:
  - module: fleet.ports.port_matrix
"""

EXAMPLES = r"""
- name: Predict the changes of the host
  fleet.ports.host_ports:
  check_mode: true
  ignore_errors: true
  register: fleet_ports_host

- name: Sum up the changes
  fleet.ports.run_summary:
    of: changes
    hosts: "{{ ansible_play_hosts_all }}"
  run_once: true

- name: Report on the same results as an audit
  fleet.ports.run_summary:
    of: audit
    hosts: "{{ ansible_play_hosts_all }}"
    report_dir: fleet-ports
  register: audit
  run_once: true
"""

RETURN = r"""
counts:
  description: The number of hosts, and of hosts in each state. An audit also counts the findings.
  returned: success
  type: dict
  contains:
    hosts:
      description: All hosts of the summary.
      type: int
    changed:
      description: Hosts that the run changed, or would change. With O(of=changes).
      type: int
    unchanged:
      description: Hosts that were in order before. With O(of=changes).
      type: int
    failed:
      description: >-
        Hosts on which a task failed, that could not be reached, or that the run did not finish. With O(of=changes).
      type: int
    in_order:
      description: Hosts on which a run would change nothing. With O(of=audit).
      type: int
    differs:
      description: Hosts on which a run would change something, or is prevented from doing so. With O(of=audit).
      type: int
    not_audited:
      description: >-
        Hosts with a concern that could not be audited, and that do not differ in another one. With O(of=audit).
      type: int
    findings:
      description: All findings. With O(of=audit).
      type: int
  sample: {hosts: 4, changed: 2, unchanged: 1, failed: 1}
hosts:
  description: The names of the hosts in each state. The states are those of RV(counts).
  returned: success
  type: dict
  sample: {changed: [lpar01, nim01], unchanged: [gate01], failed: [lpar02]}
blocked:
  description: The names of the hosts on which a rule stops a flow that is to be open.
  returned: success
  type: list
  elements: str
  version_added: 1.1.0
  sample: [nim01]
not_rehearsed:
  description: The names of the hosts that have open flows of which their kernel judged no packets.
  returned: success
  type: list
  elements: str
  version_added: 1.1.0
  sample: [lpar01]
summary:
  description: >-
    Lines for a screen: the numbers, the changed hosts, and a line for each host (fifty at most) that failed, differs or
    was not audited. Then a line for each host with blocked flows, and for each reason why flows were not rehearsed.
  returned: success
  type: list
  elements: str
  sample:
    - "4 hosts: 2 changed, 1 unchanged, 1 failed."
    - "Changed: lpar01, nim01"
    - "lpar02 failed: Failed to connect to the host via ssh"
    - "Flows not rehearsed on lpar01: the IP filters of AIX cannot be rehearsed."
    - "Run the playbook fleet.ports.verify to test these flows with packets."
report_dir:
  description: The folder with the report.
  returned: O(of=audit)
  type: str
files:
  description: The number of files that were written, or would be in check mode.
  returned: O(of=audit)
  type: int
unchanged_files:
  description: The number of files that already had the right content.
  returned: O(of=audit)
  type: int
"""
