#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of probe_report, which runs on the controller: see plugins/action/probe_report.py."""

DOCUMENTATION = r"""
module: probe_report
short_description: Say what the probes of a schedule proved
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Puts together what both ends of each probe found in the steps of M(fleet.ports.probe_step), and says what that
    proves.
  - Runs on the controller and connects to nothing.
  - A probe that must pass is V(passed) if it was heard where it was sent to, or answered. If our own listener heard it
    and the answer did not come back in time, that is said, too. It is V(refused) if the packet filters let it through
    and nobody listens, V(blocked) if it did not arrive, and V(not_testable) if it could not be sent, or nobody could
    listen.
  - A probe that must not pass is V(dropped), or a V(leak) if it arrived all the same. It is V(not_judged) if the host
    drops nothing by default.
requirements:
  - netaddr on the controller
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
attributes:
  idempotent:
    details:
      - With the same findings it writes the same report.
options:
  schedule:
    description: The folder of the schedule, as RV(fleet.ports.probe_schedule#module:path).
    type: path
    required: true
  report_dir:
    description:
      - Write C(verify.md), for people, and C(verify.json), for programs, into this folder of the controller.
      - C(verify.json) has C(version) (V(1)), C(seed), C(counts), C(blocked_flows), C(notes), C(unprovable) and
        C(probes). A probe has C(id) and C(batch), C(flows) (those that it stands for), C(expect) (V(pass), V(drop) or
        V(control)), C(from) and C(to), C(protocol), C(source_address), C(source_port), C(destination_address),
        C(destination_port), C(verdict) and C(why), an empty text if there is nothing to explain.
    type: path
seealso:
  - module: fleet.ports.probe_schedule
  - module: fleet.ports.probe_step
"""

EXAMPLES = r"""
- name: Draw the probes of the whole inventory
  fleet.ports.probe_schedule:
    hosts: all
  run_once: true
  register: schedule

- name: Say what they proved, after all steps of all batches
  fleet.ports.probe_report:
    schedule: "{{ schedule.path }}"
    report_dir: "{{ lookup('ansible.builtin.env', 'PWD') }}/fleet-ports"
  run_once: true
  register: report

- name: Fail if anything that must pass is blocked
  ansible.builtin.assert:
    that: report.blocked_flows | length == 0
    fail_msg: "{{ report.sentence }}"
  run_once: true
"""

RETURN = r"""
counts:
  description: How many probes have each verdict.
  returned: success
  type: dict
  sample: {passed: 195, refused: 0, blocked: 0, dropped: 106, leak: 0, not_judged: 0, not_testable: 0}
blocked_flows:
  description: The flows that must pass and of which a probe is blocked.
  returned: success
  type: list
  elements: str
  sample: [nimsh-request]
sentence:
  description: All of it in a sentence or two. If something is blocked, it names the flows and hosts, and what to run.
  returned: success
  type: str
  sample: 195 of 195 probes that must pass did, and none is blocked; 106 of 106 that must not pass were dropped.
lines:
  description: The report for a terminal. A table with a line for each flow, and what has to be known besides.
  returned: success
  type: list
  elements: str
report_dir:
  description: The folder with the report.
  returned: success, with O(report_dir)
  type: str
files:
  description: How many files were written, or would be in check mode.
  returned: success, with O(report_dir)
  type: int
"""
