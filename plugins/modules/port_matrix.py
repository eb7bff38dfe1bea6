#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of port_matrix, which runs on the controller: see plugins/action/port_matrix.py."""

DOCUMENTATION = r"""
module: port_matrix
short_description: Compute which ports a host needs, for whom, and in which direction
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plan of a host from the inventory. The plan says which services to name, which ports to hold, which RPC
    daemons to pin and which flows to open. The other modules of this collection carry it out.
  - Runs on the controller and connects to nothing.
  - A host has the roles of its inventory groups. The groups are C(nim_masters), C(nim_clients), C(nim_resource_servers),
    C(nim_gateways), C(bmc_hosts), C(pinned_nfs_servers) and C(pinned_nfs_clients), unless the variable
    C(fleet_ports_groups) maps roles to other groups.
  - Hosts talk to the hosts of the roles that belong to theirs, in the same C(nim_domain). A client's plan reads the
    variables of its servers and gateways only, and a master's those of its clients.
  - The rows come from two documents. V(002) in a reference is C(Network ports used for NIM communication) by IBM
    (isg3T1011808), and V(000), the source of names and holds, is C(BMC Port Conflict) by Sun (1010907.1).
    Rows that neither has, and that real systems need, have RV(plan.flows[].documented=false) and a reason.
  - Without options everything comes from inventory variables. Each can also be given as an option. An option stands for
    every host of the computation, as an extra variable would, but for O(roles), O(domain), O(addresses), O(peers)
    and O(nim_state), which are about the host of the task.
  - All options take text as a survey gives it. Lists may be separated by commas, and an empty text is no answer.
  - "A slice of a job of AWX sees only some of the hosts. A plan that is computed there is that of the whole inventory, or
    an error: with the variable C(fleet_ports_topology), the path of a file that O(topology_dest) wrote, hosts of other
    slices are as the file says. Those of the slice are compared with it, so that a file that is out of date is noticed
    by the slice that has the host that differs. A host that has left the inventory is in no slice, and keeps its flows
    until the file is written again."
  - The variable C(fleet_ports_sliced) says whether a run sees a slice. If it is not set, AWX's own variables do, which
    name the workflow that its slices make up. In a slice without C(fleet_ports_topology) only such plans can be computed
    as need no other host, by O(nim_client_networks) for instance. With V(false) the file is not read.
requirements:
  - netaddr on the controller
  - jmespath on the controller, for O(query)
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - Compute the plans of these hosts in one task, those without a role left out.
      - A pattern, or a list of host names and patterns. C(--limit) does not apply to it; V({{ ansible_play_hosts_all }})
        gives the hosts to which it does.
      - Cannot go with O(roles), O(domain), O(addresses), O(peers) or O(nim_state).
    type: raw
  dest:
    description:
      - Write the plans of O(hosts) to this file on the controller, as C({"version":1, "plans":{HOST:PLAN}}), instead of
        returning them. Thousands of plans are too much for a result.
      - Its mode is V(0600) if it is new.
    type: path
  report_dir:
    description:
      - Write reports on O(hosts) into this folder of the controller. These are C(fleet.html), a page that loads nothing,
        C(fleet.csv) and C(fleet.md), with each flow of the fleet once, and C(hosts/HOST.json), C(hosts/HOST.csv) and
        C(hosts/HOST.md).
      - Reports on hosts that are not among O(hosts) stay as they are. C(fleet.html) and C(fleet.md) say of how many hosts
        they are.
    type: path
  topology_dest:
    description:
      - Write to this file of the controller who has which role and what plans read of other hosts, of all hosts of the
        inventory, whatever O(hosts) are. It is what the variable C(fleet_ports_topology) names in slices.
      - Fails in a run that is known to see a slice. C(fleet_ports_topology) is not read.
    type: path
  query:
    description:
      - A JMESPath expression over the plan; its answer is RV(result).
      - With O(hosts) it is put to each plan, and RV(plans) is left out.
    type: str
  on_conflict:
    description:
      - What to do about conflicts of severity V(error), such as two daemons pinned to one port.
      - V(report) returns them with the plan, V(fail) fails with a sentence for each and writes nothing.
    type: str
    choices: [report, fail]
    default: report
  roles:
    description:
      - The roles of the host, instead of those that its groups give it. An empty list leaves it those.
      - They are V(nim_master), V(nim_client), V(nim_resource_server), V(nim_gateway), V(bmc_host), V(nfs_server) and
        V(nfs_client).
    type: list
    elements: str
  domain:
    description: Instead of the variable C(nim_domain). Hosts talk only to hosts of their own domain. Unset is V(default).
    type: str
  addresses:
    description:
      - Addresses and networks of the host, instead of the variable C(fleet_ports_addresses).
      - If neither is set, it is C(ansible_host) if that is an IP address.
    type: list
    elements: str
  peers:
    description:
      - Addresses and networks of other hosts by role, instead of those that the inventory names for the role.
      - Such peers are taken to be set like the host itself.
    type: dict
  topology:
    description:
      - Who has the roles V(nim_master), V(nim_client) and V(nim_resource_server), instead of the inventory's groups. It
        is RV(fleet.ports.nim_topology_info#module:topology), or a mapping of the same shape, with C(roles) and C(variables) of
        each machine.
      - A machine that the inventory has too, named like it or like one of its C(hostnames), with or without their
        domain, or in a group of these roles with one of its addresses, is that host of the inventory. Its variables
        in the topology then count more than those of the inventory; where the topology has none, those of the
        inventory hold.
      - Other machines have the domain of the master, and the defaults for whatever the topology does not say.
      - A host that the topology does not name has none of these roles.
      - Fails in a slice, where it is not known which of its machines are hosts of the inventory.
    type: raw
  profile:
    description:
      - Which rows to take, instead of the variable C(fleet_ports_profile). Unset is V(working).
      - V(documented) has the rows of the source to the letter.
      - V(working) has also what real systems do and the source leaves out, such as RPC clients that ask from a port of
        their own choice, BOOTP without an address or through a relay, and firmware's TFTP clients. It leaves out of a
        host's ranges the ports that the host holds.
    type: str
    choices: [documented, working]
  system:
    description:
      - The operating system, instead of the variable C(fleet_ports_system). Unset is V(linux).
      - On V(aix) statd cannot be pinned. Nothing else depends on it.
    type: str
    choices: [linux, aix]
  nim_state:
    description:
      - Whether the client takes part in NIM, instead of the variable of this name. Unset is V(active).
      - With V(retired) it is left out of everyone's peers and has no flows as a NIM client. RV(plan.retired) then says
        whom it is not to trust any more.
    type: str
    choices: [active, retired]
  nim_communication:
    description: How a master reaches its client. A client's variable. Unset is V(nimsh).
    type: str
    choices: [nimsh, rsh]
  nim_install:
    description:
      - How a client is installed, V(push), V(pull) or both. A client's variable. Unset is both.
      - A pull install needs no shell from master to client.
    type: list
    elements: str
  nim_nfs_version:
    description:
      - The version of NFS by which the host mounts, V(3) or V(4). A client's variable. Unset is V(3).
      - Version 4 needs V(111) and V(2049) only.
    type: int
    choices: [3, 4]
  nim_reserved_ports:
    description: The range from which the host's rcmd() takes its ports. Unset is V(513-1023).
    type: str
  nim_concurrent_operations:
    description:
      - How many NIM operations run at a time on the host. The rcmd() range is then five ports for each, from V(1023) down.
      - Unset leaves O(nim_reserved_ports) as it is.
    type: int
  nim_master_port:
    description: The port of nimesis. A master's variable. Unset is V(1058).
    type: int
  nim_registration_port:
    description: The port at which clients register. A master's variable. Unset is V(1059).
    type: int
  nim_http:
    description: Whether the client uses nimhttp, V(4901), as well. It takes no other row away. Unset is V(false).
    type: bool
  nim_interfaces:
    description: Open the flows on these interfaces only. Unset is all.
    type: list
    elements: str
  nim_client_networks:
    description:
      - Networks that stand for all clients of the domain, so that none of them is read.
      - The clients are then taken to be set like the host that asks, to pin no daemon and to hold no port.
    type: list
    elements: str
  nim_firewall_window:
    description:
      - For how long what an installation needs is open to a client, such as V(90m), V(4h), V(2d) or a number of
        seconds; 1 second to 31 days. These are the flows of the phases V(boot), V(transfer) and V(mount) that NIM has
        with or for its clients.
      - Unset leaves them open without end to all clients. Set, they are open to the clients that
        O(nim_firewall_window_clients) names, each for that time, and to nobody else. The plan says so with
        RV(plan.window) and RV(plan.flows[].window).
    type: raw
  nim_firewall_window_clients:
    description:
      - The clients that get a window, if they have none, by the names of hosts or of groups. Unset is nobody.
      - A window that is open stays as it is, whether its client is named or not.
    type: list
    elements: str
  nfs_ports_mountd:
    description:
      - The port of mountd, V(null) (as text) if it is not pinned. Unset is V(20048) on hosts that serve NFS.
      - The roles that serve NFS are V(nim_master), V(nim_resource_server) and V(nfs_server). Other hosts have a pin only if
        the variable is set for them.
    type: raw
  nfs_ports_lockd:
    description: As O(nfs_ports_mountd), for lockd. Unset is V(4045).
    type: raw
  nfs_ports_statd:
    description:
      - As O(nfs_ports_mountd), for statd. Unset is V(auto), which is V(4046) on Linux and no pin on AIX.
      - O(system) tells the two apart.
    type: raw
  port_blocker_ports:
    description: The ports that a V(bmc_host) holds. Unset are the two RMCP ports, V(623) and V(664).
    type: list
    elements: int
  port_blocker_protocols:
    description: The protocols in which it holds them, V(udp), V(tcp) or both. Unset is both.
    type: list
    elements: str
seealso:
  - module: fleet.ports.nim_topology_info
  - module: fleet.ports.services_entries
  - module: fleet.ports.port_holds
  - module: fleet.ports.rpc_ports
  - module: fleet.ports.firewall_flows
"""

EXAMPLES = r"""
- name: Compute the plan of the host from the inventory
  fleet.ports.port_matrix:
  register: matrix

- name: Refuse a plan that contradicts itself
  fleet.ports.port_matrix:
    on_conflict: fail

- name: Say which ports a NIM master has to open for clients that the inventory does not name
  fleet.ports.port_matrix:
    roles: nim_master
    addresses: 192.0.2.10
    peers:
      nim_client: [198.51.100.0/24, "2001:db8:2::/64"]
    query: flows[?direction=='in' && initiates].[protocol, destination.ports[0]]

- name: Compute the plan of a NIM master from what its own database says
  fleet.ports.port_matrix:
    topology:
      master:
        roles: [nim_master]
        hostnames: ["{{ inventory_hostname }}"]
        variables: {fleet_ports_addresses: [192.0.2.10], fleet_ports_system: aix}
      lpar7:
        roles: [nim_client]
        variables: {fleet_ports_addresses: [198.51.100.7], nim_communication: rsh}

- name: Compute as if the clients used rsh and NFS version 4
  fleet.ports.port_matrix:
    nim_communication: rsh
    nim_nfs_version: 4

- name: Take the source's table to the letter
  fleet.ports.port_matrix:
    profile: documented

- name: Open five ports for each of two operations at a time, instead of 513-1023
  fleet.ports.port_matrix:
    nim_concurrent_operations: 2

- name: Say what a host would have to hold
  fleet.ports.port_matrix:
    roles: [bmc_host]
    query: holds

- name: Write the plans of all hosts into one file
  fleet.ports.port_matrix:
    hosts: all
    dest: "{{ lookup('ansible.builtin.env', 'PWD') }}/fleet.json"
  run_once: true

- name: Write reports on the hosts of the play, for the firewall team
  fleet.ports.port_matrix:
    hosts: "{{ ansible_play_hosts_all }}"
    report_dir: "{{ lookup('ansible.builtin.env', 'PWD') }}/fleet-ports"
    on_conflict: fail
  run_once: true

- name: Write down the topology of the whole inventory, for slices
  fleet.ports.port_matrix:
    hosts: all
    topology_dest: "{{ lookup('ansible.builtin.env', 'PWD') }}/topology.json"
  run_once: true

- name: Ask which hosts keep their BMC's ports free
  fleet.ports.port_matrix:
    hosts: all
    query: length(holds)
  run_once: true
"""

RETURN = r"""
plan:
  description: What the host must have.
  returned: success, without O(hosts)
  type: dict
  contains:
    host:
      description: The host's name in the inventory.
      type: str
      sample: nim01
    domain:
      description: The domain in which it talks to others.
      type: str
      sample: default
    roles:
      description: Its roles.
      type: list
      elements: str
      sample: [nim_master]
    addresses:
      description: Its own addresses, aggregated.
      type: list
      elements: str
      sample: [192.0.2.10/32]
    interfaces:
      description: The interfaces on which to open the flows; empty for all.
      type: list
      elements: str
      sample: []
    peers:
      description:
        - Addresses of other hosts, aggregated, by group. For each role that the flows name, the group of that name has all
          of its hosts.
        - If a row concerns only some hosts of a role, or finds them on different ports, these are groups as well, named
          by what sets them apart, such as V(nim_client/rsh), V(nim_client/holding-623,664) or V(nim_master/nim-2058).
        - V(unaddressed) and V(broadcast) are the addresses of BOOTP, V(0.0.0.0/32) and V(255.255.255.255/32).
      type: dict
      sample:
        nim_client: [198.51.100.0/24]
    services:
      description: The entries of the services database.
      type: list
      elements: dict
      contains:
        name:
          description: The name.
          type: str
        port:
          description: The port.
          type: int
        protocol:
          description: V(tcp) or V(udp).
          type: str
        aliases:
          description: Other names of the service.
          type: list
          elements: str
        comment:
          description: What the service is.
          type: str
      sample:
        - {name: nimreg, port: 1059, protocol: tcp, aliases: [], comment: NIM registration}
    holds:
      description: The ports that no process of the host may have.
      type: list
      elements: dict
      contains:
        port:
          description: The port.
          type: int
        protocol:
          description: V(tcp) or V(udp).
          type: str
      sample:
        - {port: 623, protocol: udp}
    pins:
      description: The ports of the RPC daemons; V(null) for one that is not pinned.
      type: dict
      contains:
        mountd:
          description: The port of mountd.
          type: int
        lockd:
          description: The port of lockd.
          type: int
        statd:
          description: The port of statd.
          type: int
      sample: {mountd: 20048, lockd: 4045, statd: 4046}
    flows:
      description: The rows of the matrix that the host takes part in.
      type: list
      elements: dict
      contains:
        id:
          description:
            - The row of the catalog. Several flows of a plan have the same if the row holds in several relations, or for
              several groups.
          type: str
        service:
          description: The service that the row belongs to.
          type: str
        phase:
          description: V(register), V(boot), V(transfer), V(mount), V(operate) or V(shell).
          type: str
        direction:
          description: V(in), V(out) or, on a gateway, V(forward).
          type: str
        protocol:
          description: V(tcp) or V(udp).
          type: str
        source:
          description: Who sends.
          type: dict
          contains:
            role:
              description: The role of that end.
              type: str
            ports:
              description: Ports and ranges of ports.
              type: list
              elements: str
            peers:
              description: The group in RV(plan.peers), if it is not that of the role.
              type: str
        destination:
          description: Who receives; it has the keys of RV(plan.flows[].source).
          type: dict
        initiates:
          description: Whether the flow needs a rule of its own in a stateful firewall; otherwise it is the reply to another.
          type: bool
        documented:
          description: Whether the row is in the source.
          type: bool
        reference:
          description: Where the row comes from.
          type: str
        reason:
          description: Why the row is needed, if it is not in the source.
          type: str
        window:
          description:
            - Only with RV(plan.window), and of a flow that is open for a time only, whose windows it takes part in.
            - V(source) and V(destination) mean the clients at that end, V(host) the client that this host is. With
              V(any) the flow is open as long as the window of any client is, for the address does not tell whose.
          type: str
      sample:
        - id: bootp-request
          service: bootp
          phase: boot
          direction: in
          protocol: udp
          source: {role: nim_client, ports: ["68"]}
          destination: {role: nim_master, ports: ["67"]}
          initiates: true
          documented: true
          reference: 002, BOOTP
    window:
      description: V(null), unless O(nim_firewall_window) is set and the host takes part in installations.
      type: dict
      contains:
        seconds:
          description: How long a window is.
          type: int
        clients:
          description: The addresses of each client that is named to have one, as far as this host has to do with it.
          type: dict
        host:
          description: The name by which the host is such a client itself; V(null) if it is none.
          type: str
      sample:
        seconds: 14400
        clients:
          lpar7: [198.51.100.7/32]
        host: null
    retired:
      description: V(null), unless the host is a NIM client that is retired.
      type: dict
      contains:
        masters:
          description: Names and addresses of the masters that it is not to trust any more.
          type: list
          elements: str
      sample: null
    conflicts:
      description: What contradicts itself, or asks for a second thought; errors first.
      type: list
      elements: dict
      contains:
        severity:
          description: V(error) cannot work, V(advice) can.
          type: str
        what:
          description: What was found.
          type: str
        why:
          description: Why it matters.
          type: str
        change:
          description: What to do about it.
          type: str
      sample:
        - severity: error
          what: mountd and lockd are both pinned to 4045
          why: two daemons cannot have one port
          change: set nfs_ports_lockd to another port
concerns:
  description:
    - Which of V(services), V(holds), V(pins) and V(flows) the plan has, in the order in which they are applied.
    - V(services) alone if the host has a role and its plan asks for nothing, such as that of a gateway without masters.
      It costs least and tells whether the host has records of anything that is to be given back.
    - Empty if the host has no role.
  returned: success, without O(hosts)
  type: list
  elements: str
  sample: [services, pins, flows]
result:
  description: The answer to O(query); with O(hosts) a dictionary of each host's answer.
  returned: success, with O(query)
  type: raw
plans:
  description: The plan of each host, as RV(plan).
  returned: success, with O(hosts) and without O(dest), O(report_dir), O(topology_dest) and O(query)
  type: dict
hosts:
  description: The hosts that have a plan.
  returned: success, with O(hosts)
  type: list
  elements: str
  sample: [nim01, lpar01]
count:
  description: How many they are.
  returned: success, with O(hosts)
  type: int
  sample: 2
conflicts:
  description: The conflicts of all plans, each once; like RV(plan.conflicts), and with the hosts that have it.
  returned: success, with O(hosts)
  type: list
  elements: dict
  contains:
    hosts:
      description: The hosts. None if it is about the inventory itself.
      type: list
      elements: str
    sentence:
      description: All of it in one sentence, for people.
      type: str
path:
  description: The file with the plans.
  returned: success, with O(dest)
  type: str
report_dir:
  description: The folder with the reports.
  returned: success, with O(report_dir)
  type: str
topology_dest:
  description: The file with the topology.
  returned: success, with O(topology_dest)
  type: str
files:
  description: The number of files that were written, or would be in check mode.
  returned: success, with O(dest), O(report_dir) or O(topology_dest)
  type: int
unchanged_files:
  description: The number of files that already had the right content.
  returned: success, with O(dest), O(report_dir) or O(topology_dest)
  type: int
"""
