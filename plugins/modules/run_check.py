#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of run_check, which runs on the controller: see plugins/action/run_check.py."""

DOCUMENTATION = r"""
module: run_check
short_description: Refuse a run that cannot succeed, before any host is touched
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Checks the variables that are the settings of a run, which are C(fleet_ports_serial),
    C(fleet_ports_max_fail_percentage), C(fleet_ports_max_shrink) and C(fleet_ports_concerns), and the tags of the run.
  - With O(of=site) it computes the plans of all hosts, fails if one has a conflict of severity V(error), and shows the
    other conflicts. With O(of=audit) it fails if none of the hosts has a role.
  - The playbooks C(fleet.ports.site), C(fleet.ports.audit) and C(fleet.ports.remove) begin
    with it. Runs on the controller and connects to no host.
requirements:
  - netaddr on the controller
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  of:
    description: The run to check.
    type: str
    choices: [site, audit, remove]
    required: true
  hosts:
    description:
      - The hosts of the run, as a pattern, or a list of host names and patterns.
      - C(--limit) does not apply to it. Use V({{ ansible_play_hosts_all }}) for the hosts of the play.
    type: raw
    required: true
seealso:
  - module: fleet.ports.run_summary
"""

EXAMPLES = r"""
- name: Refuse wrong settings and conflicts
  fleet.ports.run_check:
    of: site
    hosts: "{{ ansible_play_hosts_all }}"
  run_once: true
"""

RETURN = r"""
count:
  description: The number of hosts with a plan.
  returned: with O(of=site)
  type: int
  sample: 12
conflicts:
  description: The conflicts that do not end the run, as M(fleet.ports.port_matrix) returns those of several hosts.
  returned: with O(of=site)
  type: list
  elements: dict
  sample: []
"""
