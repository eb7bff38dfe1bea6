#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of probe_step: see plugins/action/probe_step.py."""

DOCUMENTATION = r"""
module: probe_step
short_description: Let a host do one step of a schedule of probes
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Reads what the host has to do in a batch of a schedule that M(fleet.ports.probe_schedule) drew, has
    M(fleet.ports.flow_probe) do it on the host, and keeps what the host found beside the schedule, for
    M(fleet.ports.probe_report).
  - So the thousands of probes of a batch are never a variable or a result. A step is one remote execution, none if the
    host has nothing to do in it.
  - First all hosts of a batch take the step V(listen), then all V(send), then all V(collect).
  - A host that cannot be reached, or where the step fails, does not fail the task. It is RV(obstacle), and the report
    says that its probes are not testable, and why. Later steps of the batch leave the host alone, and nobody sends to
    it.
options:
  schedule:
    description: The folder of the schedule, as RV(fleet.ports.probe_schedule#module:path).
    type: path
    required: true
  batch:
    description: The number of the batch.
    type: int
    required: true
  mode:
    description: The step, as in O(fleet.ports.flow_probe#module:mode).
    type: str
    choices: [listen, send, collect]
    required: true
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  check_mode:
    details:
      - Nothing is listened to, sent or collected.
  diff_mode:
    support: none
    details:
      - It changes nothing that could differ.
  idempotent:
    support: none
    details:
      - Each run sends packets again. It never changes the host, and is never C(changed).
  platform:
    description: Target OS or families that can be operated against.
    platforms: linux, aix
    support: full
seealso:
  - module: fleet.ports.flow_probe
  - module: fleet.ports.probe_schedule
  - module: fleet.ports.probe_report
"""

EXAMPLES = r"""
- name: Draw the probes of the whole inventory
  fleet.ports.probe_schedule:
    hosts: all
  run_once: true
  register: schedule

- name: Listen, send and collect, each on all hosts before the next
  fleet.ports.probe_step:
    schedule: "{{ schedule.path }}"
    batch: 1
    mode: listen

- name: Send
  fleet.ports.probe_step:
    schedule: "{{ schedule.path }}"
    batch: 1
    mode: send

- name: Collect what was heard
  fleet.ports.probe_step:
    schedule: "{{ schedule.path }}"
    batch: 1
    mode: collect
"""

RETURN = r"""
probes:
  description: How many probes the step was about.
  returned: if the host had anything to do
  type: int
  sample: 157
obstacle:
  description: Why the host could not do it; V(null) if it could.
  returned: if the host had anything to do
  type: str
  sample: null
"""
