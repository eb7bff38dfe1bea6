#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of policy_export, which runs on the controller: see plugins/action/policy_export.py."""

DOCUMENTATION = r"""
module: policy_export
short_description: Write flows as policies for network firewalls, and as scripts for hosts without Ansible
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plans of hosts like M(fleet.ports.port_matrix), and writes their flows into files on the controller, to
    be loaded by other means. The guide C(docs/export.md) describes how to load each file.
  - Runs on the controller and connects to no host.
  - Files for network firewalls contain each flow of the hosts once, as a term between groups of addresses. The term is
    named after the row of the matrix and has the reference of the row as its comment. Flows with equal protocol,
    addresses and ports are one term. Stateful firewalls get the flows that initiate connections. V(cisco_ios), which is
    stateless, also gets the replies, those over TCP only for established connections.
  - The broadcasts of BOOTP are not included in files for network firewalls, because they do not pass a router.
  - Scripts for hosts open what M(fleet.ports.firewall_flows) would open there. They can be run repeatedly; with the
    argument C(remove) they close it. Flows that are opened temporarily (C(nim_firewall_window)) are not included; a
    comment in the script names them.
  - The files list addresses and the ports that are open between them. Only their owner may read them.
requirements:
  - netaddr on the controller
  - aerleon 1.18 or later on the controller, for all formats except V(aerleon), V(host_nft) and V(host_genfilt)
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - The hosts whose flows to write, a pattern, or a list of host names and patterns. C(--limit) does not apply to
        this option; set it to V({{ ansible_play_hosts_all }}) for the hosts that C(--limit) selects.
    type: raw
    required: true
  formats:
    description:
      - The formats to write, as a list or as names separated by commas.
      - V(aerleon) is a policy with its definitions, from which the program C(aclgen) of aerleon writes rules for all
        platforms below. The files for these platforms are written from the same policy.
      - V(cisco_asa), V(cisco_ios), V(juniper_srx), V(palo_alto) and V(fortinet) are network firewalls and routers.
        V(nftables) is a Linux gateway that filters forwarded packets. For V(cisco_asa) no IPv6 rules are written;
        RV(notes) reports it.
      - V(host_nft) is a script for each Linux host, V(host_genfilt) a script for each AIX host. The variable
        C(fleet_ports_system) tells them apart.
      - If there is nothing to write for a format, the task fails and writes no files.
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
      - The folder on the controller to write into. Its files are C(cisco_asa.cfg), C(cisco_ios.cfg),
        C(juniper_srx.conf), C(palo_alto.xml), C(fortinet.conf), C(nftables.nft), C(aerleon/policies), C(aerleon/def),
        C(host_nft/HOST.sh) and C(host_genfilt/HOST.sh).
      - Other files in the folder are left unchanged, including scripts of hosts that are no longer among O(hosts).
    type: path
    required: true
seealso:
  - module: fleet.ports.port_matrix
  - module: fleet.ports.firewall_flows
"""

EXAMPLES = r"""
- name: Write the flows of the fleet for the firewall team
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
  description: The formats that were written, each once.
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
  description: The paths of all files, whether written or unchanged.
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
  description: A sentence for everything that the plans ask for and the files do not contain.
  returned: success
  type: list
  elements: str
  sample:
    - "aerleon has no IPv6 support for cisco_asa; 12 terms were skipped."
"""
