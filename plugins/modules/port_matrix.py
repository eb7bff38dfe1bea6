#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of port_matrix, which runs on the controller: see plugins/action/port_matrix.py."""

DOCUMENTATION = r"""
module: port_matrix
short_description: Compute the port matrix and the plan of a host
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plan of a host from the inventory. A plan lists the services to name, the ports to hold, the RPC
    daemons to pin and the flows to open. The other modules of this collection apply it.
  - Runs on the controller and connects to no host.
  - A host has the roles of its inventory groups. The groups are C(nim_masters), C(nim_clients),
    C(nim_resource_servers), C(nim_gateways), C(bmc_hosts), C(pinned_nfs_servers) and C(pinned_nfs_clients), unless the
    variable C(fleet_ports_groups) maps roles to other groups.
  - Hosts communicate only with hosts of related roles in the same C(nim_domain). The plan of a client depends on the
    variables of its servers and gateways only, the plan of a master on those of its clients.
  - The rows of the matrix come from two documents. V(002) in a reference is C(Network ports used for NIM communication)
    by IBM (isg3T1011808). V(000), the source of names and holds, is C(BMC Port Conflict) by Sun (1010907.1). Rows that
    neither document contains, but that real systems need, have RV(plan.flows[].documented=false) and a reason.
  - Without options, all input comes from inventory variables. Each variable can be overridden by an option. The value
    of an option applies to all hosts of the computation, like an extra variable, except for O(roles), O(domain),
    O(addresses), O(peers) and O(nim_state), which apply to the host of the task.
  - All options accept text, as a survey provides it. Lists may be separated by commas. An empty text leaves the option
    unset.
  - "A slice of an AWX job contains only some of the hosts. A plan that is computed in a slice is the same as that of
    the whole inventory, or an error. Set the variable C(fleet_ports_topology) to the path of a file that
    O(topology_dest) wrote, and the settings of hosts of other slices are read from it. Hosts of the slice itself are
    compared with the file, so that the slice whose host differs detects an outdated file. A host that was removed from
    the inventory is in no slice; its flows remain until the file is written again."
  - The variable C(fleet_ports_sliced) tells whether the inventory of a run is a slice. If it is unset, AWX's own
    variables tell. In a slice without C(fleet_ports_topology), only plans that depend on no other host can be computed,
    for example with O(nim_client_networks). With V(false), the file is not read.
  - A relative path is relative to the working directory of Ansible.
requirements:
  - netaddr on the controller
  - jmespath on the controller, for O(query)
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.controller
options:
  hosts:
    description:
      - Compute the plans of these hosts in one task. Hosts without a role are left out.
      - A pattern, or a list of host names and patterns. It is not restricted by C(--limit); use
        V({{ ansible_play_hosts_all }}) for the hosts of the play.
      - Mutually exclusive with O(roles), O(domain), O(addresses), O(peers) and O(nim_state).
    type: raw
  dest:
    description:
      - Write the plans of O(hosts) to this file on the controller, as C({"version":1, "plans":{HOST:PLAN}}), instead of
        returning them. Results with thousands of plans are too large for Ansible.
      - A new file has mode V(0600).
    type: path
  report_dir:
    description:
      - Write reports about O(hosts) to this directory on the controller. C(fleet.html) is a self-contained page;
        C(fleet.csv) and C(fleet.md) contain each flow of the fleet once; C(hosts/HOST.json), C(hosts/HOST.csv) and
        C(hosts/HOST.md) contain the plan of one host.
      - Existing reports about hosts that are not among O(hosts) are left unchanged. C(fleet.html) and C(fleet.md) state
        how many hosts they cover.
    type: path
  topology_dest:
    description:
      - Write the roles of all hosts of the inventory, and the settings that plans of other hosts depend on, to this
        file on the controller. All hosts are included, not only O(hosts). Set the variable C(fleet_ports_topology) to
        its path in slices.
      - Fails in a run whose inventory is known to be a slice. C(fleet_ports_topology) is not read.
    type: path
  query:
    description:
      - A JMESPath expression that is applied to the plan. The answer is returned as RV(result).
      - With O(hosts), it is applied to each plan, and RV(plans) is not returned.
    type: str
  on_conflict:
    description:
      - How to handle conflicts of severity V(error), such as two daemons that are pinned to the same port.
      - V(report) returns them with the plan. V(fail) fails with one message for each and writes nothing.
    type: str
    choices: [report, fail]
    default: report
  roles:
    description:
      - The roles of the host, instead of those of its groups. An empty list keeps the roles of its groups.
      - The roles are V(nim_master), V(nim_client), V(nim_resource_server), V(nim_gateway), V(bmc_host), V(nfs_server)
        and V(nfs_client).
    type: list
    elements: str
  domain:
    description:
      - The domain of the host. Hosts exchange flows with hosts of their own domain only.
      - Overrides the variable C(nim_domain), whose default is V(default).
    type: str
  addresses:
    description:
      - The addresses and networks of the host. If unset, C(ansible_host), which must then be an IP address.
      - Overrides the variable C(fleet_ports_addresses).
    type: list
    elements: str
  peers:
    description:
      - Addresses and networks of other hosts by role, instead of the hosts of the inventory that have the role.
      - Such peers are assumed to have the settings of the host itself.
    type: dict
  topology:
    description:
      - The hosts with the roles V(nim_master), V(nim_client) and V(nim_resource_server), instead of the inventory's
        groups. Use RV(fleet.ports.nim_topology_info#module:topology), or a mapping of the same shape, with C(roles) and
        C(variables) of each machine.
      - A machine is identified with a host of the inventory if the host has its name or one of its C(hostnames), with
        or without domain, or if the host has one of these roles and one of its addresses. The variables of the machine
        then take precedence over those of the host.
      - Other machines have the domain of the master, and default values for all variables that the topology does not
        contain.
      - A host that is not in the topology has none of these roles.
      - Fails in a slice, where machines cannot be identified with hosts of other slices.
    type: raw
  profile:
    description:
      - The rows of the matrix. V(documented) has the rows of the source to the letter; V(working) also has what real
        systems need.
      - Overrides the variable C(fleet_ports_profile), whose default is V(working).
      - Examples of what V(working) adds are RPC clients that use source ports of their own choice, BOOTP without an
        address or through a relay, and TFTP clients of firmware. It leaves out of a host's ranges the ports that the
        host holds.
    type: str
    choices: [documented, working]
  system:
    description:
      - The operating system of the host. On V(aix), statd cannot be pinned.
      - Overrides the variable C(fleet_ports_system), whose default is V(linux).
    type: str
    choices: [linux, aix]
  nim_state:
    description:
      - Whether a client takes part in NIM. V(retired) closes its flows on both sides and removes its trust in the
        master.
      - Overrides the variable of the same name, whose default is V(active).
      - A retired client is left out of all peers and has no flows as a NIM client. RV(plan.retired) then lists the
        masters that it must no longer trust.
    type: str
    choices: [active, retired]
  nim_communication:
    description:
      - The service by which the master reaches a client.
      - Overrides the variable of the same name, whose default is V(nimsh).
    type: str
    choices: [nimsh, rsh]
  nim_install:
    description:
      - How a client is installed. With V(pull) alone, the master needs no shell on the client.
      - Overrides the variable of the same name, whose default is V(push) and V(pull).
    type: list
    elements: str
    choices: [push, pull]
  nim_nfs_version:
    description:
      - The version of NFS by which a client mounts. Version V(4) needs only the ports 111 and 2049.
      - Overrides the variable of the same name, whose default is V(3).
    type: int
    choices: [3, 4]
  nim_reserved_ports:
    description:
      - The ports and port ranges from which rcmd() takes its ports on the host.
      - Overrides the variable of the same name, whose default is V(513-1023).
    type: list
    elements: str
  nim_concurrent_operations:
    description:
      - The highest number of NIM operations at a time. If set, only five reserved ports for each are open, from 1023
        downwards.
      - Overrides the variable of the same name.
      - If unset, O(nim_reserved_ports) applies.
    type: int
  nim_master_port:
    description:
      - The port of the service C(nim) on the master, which nimconfig can change.
      - Overrides the variable of the same name, whose default is V(1058).
    type: int
  nim_registration_port:
    description:
      - The port of the service C(nimreg) on the master, at which clients register.
      - Overrides the variable of the same name, whose default is V(1059).
    type: int
  nim_http:
    description:
      - Whether a client also uses nimhttp.
      - Overrides the variable of the same name, whose default is V(false).
      - It does not remove any other row.
    type: bool
  nim_interfaces:
    description:
      - The network interfaces on which the flows are opened. An empty list means all.
      - Overrides the variable of the same name.
    type: list
    elements: str
  nim_client_networks:
    description:
      - Networks that represent all clients of the domain, so that a master's rules need not name each client.
      - Overrides the variable of the same name.
      - No client is then read. The clients are assumed to have the settings of the host itself, to pin no daemon and to
        hold no port.
    type: list
    elements: str
  nim_firewall_window:
    description:
      - How long the flows of an installation are open to a client, such as V(90m), V(4h), V(2d) or a number of seconds.
        If unset, they are permanently open to all clients.
      - Overrides the variable of the same name.
      - The flows of an installation are those of the phases V(boot), V(transfer) and V(mount) that NIM has with its
        clients or for them. If set, they are open only to the clients that O(nim_firewall_window_clients) names, each
        for that time; see RV(plan.window) and RV(plan.flows[].window).
      - The limits are 1 second and 31 days.
    type: raw
  nim_firewall_window_clients:
    description:
      - The clients that get a window, by the names of hosts or groups.
      - Overrides the variable of the same name.
      - An open window stays as it is, whether its client is named or not.
    type: list
    elements: str
  nfs_ports_mountd:
    description:
      - The port of mountd on a host that serves NFS. V(null) leaves it unpinned.
      - Overrides the variable of the same name, whose default is V(20048).
      - The roles that serve NFS are V(nim_master), V(nim_resource_server) and V(nfs_server). On other hosts a daemon is
        pinned only if the variable is set for them.
    type: raw
  nfs_ports_lockd:
    description:
      - The port of lockd (C(nlockmgr)) on a host that serves NFS. V(null) leaves it unpinned.
      - Overrides the variable of the same name, whose default is V(4045).
    type: raw
  nfs_ports_statd:
    description:
      - The port of statd (C(status)) on a host that serves NFS. V(auto) is V(4046) on Linux and unpinned on AIX;
        V(null) leaves it unpinned.
      - Overrides the variable of the same name, whose default is V(auto).
    type: raw
  port_blocker_ports:
    description:
      - The ports that a host with a baseboard management controller holds.
      - Overrides the variable of the same name, whose default is V(623) and V(664).
    type: list
    elements: int
  port_blocker_protocols:
    description:
      - The protocols for which it holds them.
      - Overrides the variable of the same name, whose default is V(udp) and V(tcp).
    type: list
    elements: str
    choices: [udp, tcp]
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

- name: Fail if the plan has conflicts that are errors
  fleet.ports.port_matrix:
    on_conflict: fail

- name: List the ports that a NIM master opens for clients outside the inventory
  fleet.ports.port_matrix:
    roles: nim_master
    addresses: 192.0.2.10
    peers:
      nim_client: [198.51.100.0/24, "2001:db8:2::/64"]
    query: flows[?direction=='in' && initiates].[protocol, destination.ports[0]]

- name: Compute the plan of a NIM master from the content of its database
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

- name: Use only the rows of the source
  fleet.ports.port_matrix:
    profile: documented

- name: Open five ports for each of two operations at a time, instead of 513-1023
  fleet.ports.port_matrix:
    nim_concurrent_operations: 2

- name: List the ports that a host with a BMC has to hold
  fleet.ports.port_matrix:
    roles: [bmc_host]
    query: holds

- name: Write the plans of all hosts into one file
  fleet.ports.port_matrix:
    hosts: all
    dest: fleet.json
  run_once: true

- name: Write reports on the hosts of the play, for the firewall team
  fleet.ports.port_matrix:
    hosts: "{{ ansible_play_hosts_all }}"
    report_dir: fleet-ports
    on_conflict: fail
  run_once: true

- name: Write the topology of the whole inventory for slices
  fleet.ports.port_matrix:
    hosts: all
    topology_dest: topology.json
  run_once: true

- name: Count the holds of each host
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
      description: The domain of the host.
      type: str
      sample: default
    roles:
      description: Its roles.
      type: list
      elements: str
      sample: [nim_master]
    addresses:
      description: The addresses of the host, aggregated.
      type: list
      elements: str
      sample: [192.0.2.10/32]
    interfaces:
      description: The interfaces on which the flows are opened. An empty list means all.
      type: list
      elements: str
      sample: []
    peers:
      description:
        - Addresses of other hosts, aggregated, by group. For each role in the flows, the group of that name contains
          all hosts of the role.
        - If a row applies only to some hosts of a role, or if they use different ports for it, these hosts form groups
          of their own. Their names contain the difference, such as V(nim_client/rsh), V(nim_client/holding-623,664) or
          V(nim_master/nim-2058).
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
      description: The ports that no process of the host may bind.
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
      description: The ports of the RPC daemons; V(null) for a daemon that is not pinned.
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
            - The row of the catalog. Several flows of a plan have the same ID if the row applies to several relations
              or groups.
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
          description: The sender.
          type: dict
          contains:
            role:
              description: The role of the sender.
              type: str
            ports:
              description: Ports and ranges of ports.
              type: list
              elements: str
            peers:
              description: The group in RV(plan.peers), if it is not the group of the role.
              type: str
        destination:
          description: The receiver, with the keys of RV(plan.flows[].source).
          type: dict
        initiates:
          description: Whether a stateful firewall needs a rule for the flow. V(false) for replies to another flow.
          type: bool
        documented:
          description: Whether the source contains the row.
          type: bool
        reference:
          description: The section of the source.
          type: str
        reason:
          description: Why the row is needed, if the source does not contain it.
          type: str
        window:
          description:
            - The windows during which the flow is open. Only with RV(plan.window), and only for flows that are open for
              a limited time.
            - V(source) and V(destination) mean the windows of the clients at that end, V(host) the window of this host
              itself. With V(any) the flow is open during the window of any client, because its address does not
              identify the client.
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
          description: The length of a window in seconds.
          type: int
        clients:
          description: The addresses of each named client that communicates with this host.
          type: dict
        host:
          description: The name of the host if it is a client itself; otherwise V(null).
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
          description: Names and addresses of the masters that it must no longer trust.
          type: list
          elements: str
      sample: null
    conflicts:
      description: Contradictions and questionable settings; errors first.
      type: list
      elements: dict
      contains:
        severity:
          description: V(error) cannot work; V(advice) works, but has a drawback.
          type: str
        what:
          description: The conflict.
          type: str
        why:
          description: The reason or the consequence.
          type: str
        change:
          description: The remedy.
          type: str
      sample:
        - severity: error
          what: mountd and lockd are both pinned to 4045
          why: Two daemons cannot share a port
          change: Set nfs_ports_lockd to another port
concerns:
  description:
    - Which of V(services), V(holds), V(pins) and V(flows) the plan has, in the order in which they are applied.
    - Empty if the plan has none, such as that of a gateway without masters.
  returned: success, without O(hosts)
  type: list
  elements: str
  sample: [services, pins, flows]
result:
  description: The answer to O(query). With O(hosts), a dictionary of host name to answer.
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
  description: The number of hosts that have a plan.
  returned: success, with O(hosts)
  type: int
  sample: 2
conflicts:
  description: The conflicts of all plans, each once, with the keys of RV(plan.conflicts) and the hosts concerned.
  returned: success, with O(hosts)
  type: list
  elements: dict
  contains:
    hosts:
      description: The hosts concerned. Empty for a conflict of the inventory itself.
      type: list
      elements: str
    sentence:
      description: The whole conflict in one message.
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
