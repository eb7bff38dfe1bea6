#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of policy_export, which runs on the controller: see plugins/action/policy_export.py."""

DOCUMENTATION = r"""
module: policy_export
short_description: Write flows as policy for network firewalls, and as scripts for hosts without Ansible
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plans of hosts as M(fleet.ports.port_matrix) does, and writes their flows into files of the controller
    for those who carry them out by other means. The guide C(docs/export.md) says which file to load where.
  - Runs on the controller and connects to nothing.
  - Files for network firewalls have each flow of the hosts once, as a term between groups of addresses that is named
    after the row of the matrix and has the row's reference as its comment. Flows that are alike in protocol, addresses
    and ports are one term. Filters that track connections get the flows that begin a conversation. V(cisco_ios), which
    does not, gets the replies too, those over TCP for established connections only.
  - BOOTP's broadcasts are in no file for network firewalls, as they end at a router.
  - Scripts for hosts have what M(fleet.ports.firewall_flows) would open there. They can be repeated, and run with
    C(remove) they take it back. Flows that are open for a time only (C(nim_firewall_window)) are left out, and named in
    a comment.
  - The files list addresses and what is open between them. Only their owner may read them.
requirements:
  - netaddr on the controller
  - aerleon 1.18 or later on the controller, for network firewalls; V(aerleon) itself, V(host_nft) and V(host_genfilt)
    do without
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - The hosts whose flows to write, a pattern, or a list of host names and patterns. C(--limit) does not apply to
        it; V({{ ansible_play_hosts_all }}) gives the hosts to which it does.
    type: raw
    required: true
  formats:
    description:
      - What to write, a list, or names separated by commas.
      - V(aerleon) is a policy and the definitions that it names, from which aerleon's C(aclgen) writes rules for all
        platforms below. Files of platforms are written from just these.
      - V(cisco_asa), V(cisco_ios), V(juniper_srx), V(palo_alto) and V(fortinet) are network firewalls and routers,
        V(nftables) is a Linux gateway that filters what it forwards. Of IPv6 there is nothing for V(cisco_asa), and
        RV(notes) says so.
      - V(host_nft) is a script for each host of the system V(linux), V(host_genfilt) one for each of the system V(aix),
        as C(fleet_ports_system) tells them apart.
      - A format for which there is nothing to write is an error, and then nothing is written at all.
    type: list
    elements: str
    choices:
      - aerleon
      - cisco_asa
      - cisco_ios
      - juniper_srx
      - palo_alto
      - fortinet
      - nftables
      - host_nft
      - host_genfilt
    required: true
  dest:
    description:
      - The folder of the controller to write into. It gets C(cisco_asa.cfg), C(cisco_ios.cfg), C(juniper_srx.conf),
        C(palo_alto.xml), C(fortinet.conf) and C(nftables.nft), the folder C(aerleon) with C(policies) and C(def), and
        C(host_nft/HOST.sh) and C(host_genfilt/HOST.sh).
      - Other files in it stay as they are, scripts of hosts that are not among O(hosts) any more included.
    type: path
    required: true
seealso:
  - module: fleet.ports.port_matrix
  - module: fleet.ports.firewall_flows
"""

EXAMPLES = r"""
- name: Write the fleet's flows for the team that runs the firewalls
  fleet.ports.policy_export:
    hosts: all
    formats: [aerleon, cisco_asa, juniper_srx]
    dest: policies
  run_once: true

- name: Write scripts for hosts that Ansible cannot reach
  fleet.ports.policy_export:
    hosts: nim_clients
    formats: host_nft
    dest: policies
  run_once: true
"""

RETURN = r"""
formats:
  description: What was written, each once.
  returned: success
  type: list
  elements: str
  sample: [aerleon, cisco_asa]
dest:
  description: The folder.
  returned: success
  type: str
  sample: /srv/fleet-ports/policies
paths:
  description: The files, those that were right already included.
  returned: success
  type: list
  elements: str
  sample: [/srv/fleet-ports/policies/cisco_asa.cfg]
files:
  description: The number of files that were written, or would be in check mode.
  returned: success
  type: int
  sample: 3
unchanged_files:
  description: The number of files that already had the right content.
  returned: success
  type: int
  sample: 0
notes:
  description: What is not in the files although the plans ask for it, a sentence each.
  returned: success
  type: list
  elements: str
  sample:
    - "cisco_asa has no rules for IPv6, of which aerleon writes none for it: 12 are left out."
"""
