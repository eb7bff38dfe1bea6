#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of verify_step, which runs on the controller: see plugins/action/verify_step.py."""

DOCUMENTATION = r"""
module: verify_step
short_description: Prove with packets what a port matrix opens, step by step
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Takes one step of a verification. The playbook C(fleet.ports.verify) takes all of them.
  - First, O(step=schedule) computes the plans of the hosts as M(fleet.ports.port_matrix) does, finds the pairs of hosts
    that exchange flows, and draws for each pair the probes that represent all of their packets. It writes them, in
    batches, into a folder of this run of Ansible, which is removed at the end of the run.
  - Then, for each batch, all hosts take O(step=listen), all hosts O(step=send), and all hosts O(step=collect). A step
    is one remote execution of M(fleet.ports.flow_probe), none if the host has nothing to do in it. Probes and findings
    are kept in the folder, so that thousands of probes are never a variable or a result.
  - Finally, O(step=report) judges what both ends of each probe found, and writes a report.
  - A host that cannot be reached, or on which a step fails, does not fail the task. The error is RV(obstacle), and the
    report names the probes as untested. The other steps of the batch skip the host, and no probe is sent to it.
  - For each flow that initiates, and that both hosts have in their plans, the first and the last port of each range and
    O(sample) random ports between them are probed, at both ends. Flows between the same ports share their probes.
  - Forbidden traffic is probed with the ports just outside of each range, unless another flow of the pair opens them,
    and for each protocol and direction with one probe between random ports. If that one passes, the host drops nothing
    by default, and its forbidden traffic is not judged.
  - No probe is the reverse of another one, because a stateful firewall would pass it as the reply. Two flows with the
    same fixed ports in both directions, for example a request and a reply of BOOTP, are sent between two pairs of
    addresses, for example IPv4 and IPv6. With only one pair of addresses, only one of the two flows is tested.
  - The addresses of a host are the single ones of its plan. If its plan has only networks, C(ansible_host) is used if
    it is an address in them. IPv4 is preferred, and of several addresses those with the longest common prefix.
  - Ports that a host holds for its BMC are not probed. Flows of hosts without an address (BOOTP broadcasts), and flows
    that are open only during a window, are not probed either, and RV(announcement) names them.
requirements:
  - netaddr on the controller, for O(step=schedule)
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  check_mode:
    support: full
    details:
      - A schedule is drawn in check mode as well, and written into the folder of this run only. Nothing is listened to,
        sent or collected, and no report is written.
  diff_mode:
    support: partial
    details:
      - Only the report has a difference; hosts are never changed.
  idempotent:
    support: partial
    details:
      - No step changes a host. With the same O(seed), the same probes are drawn. With the same findings, the same
        report is written.
  platform:
    description: Target OS or families that can be operated against.
    platforms: linux, aix
    support: full
options:
  step:
    description:
      - The step to take. Each option says to which steps it belongs; it is not accepted with others.
      - V(schedule) draws the probes. Connects to no host; run it once.
      - V(listen), V(send) and V(collect) do the host's part of a batch on the host.
      - V(report) judges the findings of all hosts. Connects to no host; run it once.
    type: str
    choices: [schedule, listen, send, collect, report]
    required: true
  hosts:
    description:
      - The hosts between which probes are sent, as a pattern, or a list of host names and patterns. Hosts without a
        role are left out.
      - C(--limit) does not apply to it. Use V({{ ansible_play_hosts_all }}) for the hosts of the play.
      - Required with O(step=schedule).
    type: raw
  involving:
    description:
      - Test only the pairs that involve one of these hosts. Host names and patterns, as a list or separated by commas.
      - Each of them must be one of O(hosts) and have a role. Unset, all pairs are tested.
      - With O(step=schedule).
    type: raw
  phases:
    description:
      - Test only flows of these phases, V(register), V(boot), V(transfer), V(mount), V(operate) and V(shell), as a list
        or separated by commas. Unset, all phases are tested.
      - With O(step=schedule).
    type: raw
  sample:
    description:
      - The number of random ports between the first and the last port of each range, V(1) to V(20).
      - With O(step=schedule).
    type: raw
    default: 1
  clients:
    description:
      - The number of clients of each server that are tested, chosen by O(seed). Several servers are tested with the
        same clients.
      - With O(step=schedule).
    type: raw
    default: 50
  batch_size:
    description:
      - The number of clients in a batch.
      - With O(step=schedule).
    type: raw
    default: 50
  rate:
    description:
      - The number of packets that a host sends in a second at most, V(1) to V(2000).
      - With O(step=schedule).
    type: raw
    default: 500
  seed:
    description:
      - The seed of all random choices, to send the probes of an earlier run again. Unset, a new seed is drawn and
        returned.
      - With O(step=schedule).
    type: raw
  report_dir:
    description:
      - With O(step=report), the folder of the controller in which C(verify.md), for people, and C(verify.json), for
        programs, are written. Unset, no report is written.
      - With O(step=schedule), the folder with the report on the last run. As long as packet filters may remember the
        packets of that run, they could pass the same packets without a rule. RV(wait) is the time that is left.
      - C(verify.json) has C(version) (V(1)), C(seed), C(tracking_seconds), C(counts), C(blocked_flows), C(notes),
        C(untestable) and C(probes). A probe has C(id) and C(batch), C(flows) (which it represents), C(expect) (V(pass),
        V(drop) or V(control)), C(from) and C(to), C(protocol), C(source_address), C(source_port),
        C(destination_address), C(destination_port), C(verdict), and C(why), which is empty if there is nothing to
        explain.
    type: path
  schedule_dir:
    description:
      - The folder with the schedule, as RV(schedule_dir).
      - Required with O(step=listen), O(step=send), O(step=collect) and O(step=report).
    type: path
  batch:
    description:
      - The number of the batch, from RV(batches).
      - Required with O(step=listen), O(step=send) and O(step=collect).
    type: int
seealso:
  - module: fleet.ports.port_matrix
  - module: fleet.ports.flow_probe
"""

EXAMPLES = r"""
- name: Draw the probes of the whole inventory
  fleet.ports.verify_step:
    step: schedule
    hosts: all
  register: schedule
  run_once: true

- name: Show how many probes there are, and how long they take
  ansible.builtin.debug:
    msg: "{{ schedule.announcement }}"
  run_once: true

- name: Listen on all hosts
  fleet.ports.verify_step:
    step: listen
    schedule_dir: "{{ schedule.schedule_dir }}"
    batch: 1

- name: Send on all hosts
  fleet.ports.verify_step:
    step: send
    schedule_dir: "{{ schedule.schedule_dir }}"
    batch: 1

- name: Collect on all hosts
  fleet.ports.verify_step:
    step: collect
    schedule_dir: "{{ schedule.schedule_dir }}"
    batch: 1

- name: Report on the findings of all batches
  fleet.ports.verify_step:
    step: report
    schedule_dir: "{{ schedule.schedule_dir }}"
    report_dir: fleet-ports
  register: report
  run_once: true

- name: Fail if allowed traffic is blocked
  ansible.builtin.assert:
    that: report.blocked_flows | length == 0
    fail_msg: "{{ report.summary }}"
  run_once: true

- name: Draw a few probes, of the clients of one group
  fleet.ports.verify_step:
    step: schedule
    hosts: all
    involving: nim_clients
    phases: [register, operate]
    clients: 5
    seed: monday
  run_once: true
"""

RETURN = r"""
schedule_dir:
  description: The folder with the schedule, which is removed at the end of this run of Ansible.
  returned: O(step=schedule)
  type: str
  sample: /home/operator/.ansible/tmp/ansible-local-4711/fleet.ports-x1y2z3
announcement:
  description: What to know before the first packet, in sentences.
  returned: O(step=schedule)
  type: list
  elements: str
  sample:
    - "301 probes between 1 pair of hosts: 195 of allowed traffic, 106 of forbidden traffic."
    - "1 batch, at most 500 packets a second from each host: about 1 s of sending. Seed 5f0c4e1a."
probes:
  description: The number of probes of the schedule (V(0) if there is nothing to verify), or of the host in this step.
  returned: O(step=schedule), and with the steps of a host if it has anything to do in it
  type: int
  sample: 301
pairs:
  description: The number of pairs of hosts.
  returned: O(step=schedule)
  type: int
  sample: 1
hosts:
  description: The hosts that take part.
  returned: O(step=schedule)
  type: list
  elements: str
  sample: [nim01, lpar01]
batches:
  description: The batches, to be sent one after the other.
  returned: O(step=schedule)
  type: list
  elements: dict
  contains:
    number:
      description: The number of the batch, from V(1) on.
      type: int
    hosts:
      description: The hosts that send or receive in it.
      type: list
      elements: str
  sample:
    - {number: 1, hosts: [nim01, lpar01]}
seed:
  description: The seed of all random choices.
  returned: O(step=schedule)
  type: str
  sample: 5f0c4e1a
wait:
  description: >-
    The number of seconds to wait before the first probe, until no packet filter remembers the last run. The hosts of
    that run returned their time-outs of connection tracking; for a host or gateway that did not, it is 180 seconds.
  returned: O(step=schedule)
  type: int
  sample: 0
obstacle:
  description: Why the host could not take the step; V(null) if it could.
  returned: with the steps of a host if it has anything to do in it
  type: str
  sample: null
counts:
  description:
    - The number of probes with each verdict.
    - A probe of allowed traffic has V(passed) if it arrived or was answered, V(refused) if the packet filters pass it
      but no service listens, and V(blocked) if it did not arrive.
    - A probe of forbidden traffic has V(dropped), V(leaked) if it arrived, and V(not_judged) if the host drops nothing
      by default.
    - A probe has V(untested) if it could not be sent, or its receiver could not listen.
  returned: O(step=report)
  type: dict
  sample: {passed: 195, refused: 0, blocked: 0, dropped: 106, leaked: 0, not_judged: 0, untested: 0}
blocked_flows:
  description: The flows of which a probe is blocked.
  returned: O(step=report)
  type: list
  elements: str
  sample: [nimsh-request]
summary:
  description: The numbers in two sentences. If flows are blocked, it also has their hosts and a command that shows why.
  returned: O(step=report)
  type: str
  sample: >-
    Allowed traffic: 195 passed, 0 blocked, 0 untested. Forbidden traffic: 106 dropped, 0 leaked, 0 untested.
lines:
  description: The report for a terminal, with a table of all flows and an explanation of the verdicts.
  returned: O(step=report)
  type: list
  elements: str
report_dir:
  description: The folder with the report.
  returned: O(step=report), with O(report_dir)
  type: str
files:
  description: The number of files that were written, or would be in check mode.
  returned: O(step=report), with O(report_dir)
  type: int
unchanged_files:
  description: The number of files that already had the right content.
  returned: O(step=report), with O(report_dir)
  type: int
"""
