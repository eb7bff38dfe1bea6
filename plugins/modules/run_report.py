#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of run_report, which runs on the controller: see plugins/action/run_report.py."""

DOCUMENTATION = r"""
module: run_report
short_description: Sum up what a run did on each host
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Says how many hosts a run of the roles of this collection changed, or would change in check mode, how many stayed as
    they were and how many failed, and names them. The playbooks C(fleet.ports.site) and C(fleet.ports.remove) end with
    it, and hand it on as a statistic.
  - Runs on the controller and connects to nothing. What it reads are the variables that earlier tasks of the same run
    registered on the hosts. C(fleet_ports_matrix) is the result of M(fleet.ports.port_matrix), and
    C(rmcp_services_result), C(port_blocker_result), C(nfs_ports_result) and C(nim_firewall_result) are those that the
    roles register. A host whose plan asks for more than was registered has failed.
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - The hosts to sum up, a pattern, or a list of host names and patterns. C(--limit) does not apply to it;
        V({{ ansible_play_hosts_all }}) gives the hosts to which it does.
    type: raw
    required: true
seealso:
  - module: fleet.ports.drift_report
"""

EXAMPLES = r"""
- name: Compute the plan of the host
  fleet.ports.port_matrix:
  register: fleet_ports_matrix

- name: See what the role would change
  ansible.builtin.include_role:
    name: fleet.ports.rmcp_services
    tasks_from: apply.yml
    apply:
      check_mode: true
  vars:
    rmcp_services_plan: "{{ fleet_ports_matrix.plan }}"
  loop: "{{ fleet_ports_matrix.concerns | intersect(['services']) }}"

- name: Sum it up
  fleet.ports.run_report:
    hosts: "{{ ansible_play_hosts_all }}"
  register: run
  run_once: true
"""

RETURN = r"""
counts:
  description: How many hosts there are, and how many in each state.
  returned: success
  type: dict
  contains:
    hosts:
      description: All hosts of the report.
      type: int
    changed:
      description: Hosts on which something changed, or would.
      type: int
    unchanged:
      description: Hosts that were in order before.
      type: int
    failed:
      description: Hosts on which a task failed, that could not be reached, or that the run did not come to.
      type: int
  sample: {hosts: 4, changed: 2, unchanged: 1, failed: 1}
changed_hosts:
  description: The hosts on which something changed.
  returned: success
  type: list
  elements: str
  sample: [lpar01, nim01]
unchanged_hosts:
  description: The hosts that were in order before.
  returned: success
  type: list
  elements: str
  sample: [gate01]
failed_hosts:
  description: The hosts that failed.
  returned: success
  type: list
  elements: str
  sample: [lpar02]
summary:
  description: Lines for a screen. They have the numbers, the hosts that changed, and why each other one failed.
  returned: success
  type: list
  elements: str
  sample:
    - "4 hosts: 2 changed, 1 stayed as they were, 1 failed."
    - "Changed: lpar01, nim01"
    - "lpar02 failed: Failed to connect to the host via ssh"
"""
