#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of probe_schedule, which runs on the controller: see plugins/action/probe_schedule.py."""

DOCUMENTATION = r"""
module: probe_schedule
short_description: Draw the probes that prove what a fleet's port matrix opens
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plans of hosts as M(fleet.ports.port_matrix) does, finds the pairs of hosts that exchange flows, and
    draws for each pair the packets that stand for all. The playbook C(fleet.ports.verify) then has them sent.
  - Runs on the controller and connects to nothing. The probes are written into a folder of this run of Ansible, which
    ends with it. M(fleet.ports.probe_step) and M(fleet.ports.probe_report) find them there.
  - Of each flow that initiates, and that both hosts have in their plans, it draws the first and the last port of each
    range and O(sample) random ports between them, at both ends. The ports of the two ends are combined once around,
    not each with each. Flows between the same ports share their probes.
  - Of the ports just outside of each range it draws those that no other flow of the pair opens. These must not pass.
    For each protocol and direction it adds one probe from any port to any port that nothing opens. If that one passes,
    the host drops nothing by default, and nothing else is judged there.
  - No probe goes the way of another one back. A stateful firewall would let it pass as the reply. If two flows have
    the same fixed ports in both directions, as a request and a reply of BOOTP have, they are sent by two pairs of
    addresses, IPv4 and IPv6 for instance. With one pair of addresses only one of the two can be proved. It depends on
    the names of the hosts which.
  - The addresses of a host are those of its plan that are single ones. If it has networks only, it is C(ansible_host),
    provided that is an address in them. IPv4 is preferred, and of several addresses those that have most in common.
  - Ports that one of the two hosts holds for its BMC are left out. Flows of hosts that have no address yet (BOOTP by
    broadcast), and flows that are open during a window only, are named and left out.
requirements:
  - netaddr on the controller
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
attributes:
  check_mode:
    details:
      - It does the same in check mode; nothing but the folder of this run is written.
  diff_mode:
    support: none
    details:
      - It changes nothing that could differ.
  idempotent:
    support: partial
    details:
      - It changes no host. With the same O(seed) it draws the same probes.
options:
  hosts:
    description:
      - The hosts between which to probe, those without a role left out. A pattern, or a list of host names and
        patterns.
      - C(--limit) does not apply to it; V({{ ansible_play_hosts_all }}) gives the hosts to which it does.
    type: raw
    required: true
  touching:
    description:
      - Take only pairs of which one host is among these. Host names and patterns, as a list or separated by commas.
      - Each has to be among O(hosts) and to have a role.
    type: list
    elements: str
  phases:
    description:
      - Take only flows of these phases, V(register), V(boot), V(transfer), V(mount), V(operate) and V(shell). Unset
        is all.
    type: list
    elements: str
  sample:
    description: How many random ports between the first and the last of a range to take, V(20) at most. Unset is V(1).
    type: int
  clients:
    description:
      - Of each server, take so many clients at most, drawn at random. Several servers are probed with the same clients.
      - Unset is V(50).
    type: int
  batch:
    description: How many clients to probe at a time. Unset is V(50).
    type: int
  rate:
    description: How many packets a host sends in a second at most, up to V(2000). Unset is V(500).
    type: int
  seed:
    description: What all random choices are derived from. Unset is a new one, which is returned.
    type: str
  report_dir:
    description:
      - The folder in which M(fleet.ports.probe_report) wrote about an earlier run. If that was less than half a
        minute ago, packet filters may remember its UDP packets, and let the same ones pass without a rule. RV(wait)
        then says how long to wait.
    type: path
seealso:
  - module: fleet.ports.port_matrix
  - module: fleet.ports.probe_step
  - module: fleet.ports.probe_report
"""

EXAMPLES = r"""
- name: Draw the probes of the whole inventory
  fleet.ports.probe_schedule:
    hosts: all
  run_once: true
  register: schedule

- name: Say how many there are, and how long they take
  ansible.builtin.debug:
    msg: "{{ schedule.announcement }}"
  run_once: true

- name: Draw few probes, of the clients of one site
  fleet.ports.probe_schedule:
    hosts: all
    touching: nim_clients
    phases: [register, operate]
    clients: 5
    seed: monday
  run_once: true
"""

RETURN = r"""
path:
  description: The folder with the schedule, which ends with this run of Ansible.
  returned: success
  type: str
  sample: /home/operator/.ansible/tmp/ansible-local-4711/fleet.ports-x1y2z3
announcement:
  description: What a person should know before the first packet, in sentences.
  returned: success
  type: list
  elements: str
  sample:
    - "301 probes between 1 pair of hosts: 195 must pass, 106 must not."
count:
  description: The number of probes. V(0) if there is nothing to prove.
  returned: success
  type: int
  sample: 301
pairs:
  description: The number of pairs of hosts.
  returned: success
  type: int
  sample: 1
hosts:
  description: The hosts that take part.
  returned: success
  type: list
  elements: str
  sample: [nim01, lpar01]
batches:
  description: The batches, one to be sent after the other.
  returned: success
  type: list
  elements: dict
  contains:
    number:
      description: The batch's number, from V(1) on.
      type: int
    hosts:
      description: The hosts that send or receive in it.
      type: list
      elements: str
  sample:
    - {number: 1, hosts: [nim01, lpar01]}
seed:
  description: What the random choices were derived from.
  returned: success
  type: str
  sample: 5f0c4e1a
wait:
  description: How many seconds to wait before the first probe.
  returned: success
  type: int
  sample: 0
"""
