#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of drift_report, which runs on the controller: see plugins/action/drift_report.py."""

DOCUMENTATION = r"""
module: drift_report
short_description: Write down how far hosts are from their plans
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Reports what the roles of this collection, run in check mode, found on each host. It says in words what differs
    where, such as a rule of others among ours, a port that a program took, a daemon that is not at its pin, or a line
    that is missing. The playbook C(fleet.ports.audit) does both.
  - Runs on the controller and connects to nothing. What it reads are the variables that earlier tasks of the same run
    registered on the hosts. C(fleet_ports_matrix) is the result of M(fleet.ports.port_matrix), and
    C(rmcp_services_result), C(port_blocker_result), C(nfs_ports_result) and C(nim_firewall_result) are those that the
    roles register. A host without them is reported as not audited.
  - A concern that a result is about, and that the host has a record of but its plan does not have, is a leftover.
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - The hosts to report on, a pattern, or a list of host names and patterns. C(--limit) does not apply to it;
        V({{ ansible_play_hosts_all }}) gives the hosts to which it does.
      - The report says of how many of the inventory's hosts it is.
    type: raw
    required: true
  report_dir:
    description:
      - Write C(audit.json), for programs, and C(audit.md), for people, into this folder of the controller. Only their
        owner may read them.
      - They name no time and differ only if what was found does. So a change of this task is a change of the fleet.
    type: path
    required: true
notes:
  - "The JSON document has C(version) (V(1)), C(hosts_with_role) (how many the inventory has), C(counts) as RV(counts),
    and C(hosts). For each host that has C(state), C(concerns) (the state of each concern that was looked at, or should
    have been) and C(findings). The states are V(in_order), V(differs) and V(not_audited)."
  - "Each finding has C(concern) (V(services), V(holds), V(pins), V(flows), or V(null) if it is about the whole host),
    C(kind) and C(sentence), which is one line."
  - "The kind V(content) is a file, or a part of the running system (C(where)), with lines that should not be there
    (C(unwanted)) or that should (C(missing)). Both have C(count), and C(lines) with the first ten."
  - "The kind V(moved_pin) is a C(daemon) that is at the port C(observed) of C(protocol) instead of C(wanted)."
  - "The kind V(taken_port) is a program that has a port to be held, and would be restarted. The kind V(obstacle) is
    anything that keeps the plan from being carried out, such as a program that can't be restarted."
  - "The kind V(edited) is a C(line) of ours that somebody edited. The kind V(leftover) is a concern that the host has a
    record of and that its plan has no longer."
  - "The kind V(plan) is an error in the plan, V(unreachable) a host that did not answer, V(unknown) a concern that
    could not be looked at for another reason, and V(other) a change that its module does not explain."
seealso:
  - module: fleet.ports.port_matrix
"""

EXAMPLES = r"""
- name: Compute the plan of the host
  fleet.ports.port_matrix:
  register: fleet_ports_matrix

- name: See what the role would change
  ansible.builtin.include_role:
    name: fleet.ports.port_blocker
    tasks_from: apply.yml
    apply:
      check_mode: true
      ignore_errors: true
  vars:
    port_blocker_plan: "{{ fleet_ports_matrix.plan }}"

- name: Write it down
  fleet.ports.drift_report:
    hosts: "{{ ansible_play_hosts_all }}"
    report_dir: "{{ lookup('ansible.builtin.env', 'PWD') }}/fleet-ports"
  register: audit
  run_once: true
"""

RETURN = r"""
counts:
  description: How many hosts there are, how many are in each state, and how many findings there are.
  returned: success
  type: dict
  contains:
    hosts:
      description: All hosts of the report.
      type: int
    in_order:
      description: Hosts on which a run would change nothing.
      type: int
    differs:
      description: Hosts on which it would, or would have to but can't.
      type: int
    not_audited:
      description: Hosts of which some concern, or all, could not be looked at, and that do not differ in another one.
      type: int
    findings:
      description: All findings.
      type: int
  sample: {hosts: 3, in_order: 1, differs: 1, not_audited: 1, findings: 2}
differs:
  description: The hosts that differ.
  returned: success
  type: list
  elements: str
  sample: [node01]
not_audited:
  description: The hosts that were not audited.
  returned: success
  type: list
  elements: str
  sample: [lpar02]
summary:
  description:
    - Lines for a screen. The first has the numbers; then comes one for each host that is not in order, fifty at most.
  returned: success
  type: list
  elements: str
  sample:
    - "About the whole inventory: 3 of 3 hosts with a role. 1 in order, 1 different, 1 not audited."
    - "node01 differs: holds: socat (PID 529, unit stranger.service) has 664/udp on 0.0.0.0"
    - "lpar02 not audited: could not be reached: No route to host"
report_dir:
  description: The folder with the reports.
  returned: success
  type: str
files:
  description: How many files were written, or would be in check mode; those that are right already do not count.
  returned: success
  type: int
"""
