#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Open exactly a list of flows on the packet filter of a host, and give it back."""

DOCUMENTATION = r"""
module: firewall_flows
short_description: Open flows on the packet filter of a host
version_added: 1.0.0
description:
  - Opens exactly the flows of a list on the packet filter of the host, in one transaction, however many flows and peers
    there are.
  - M(fleet.ports.port_matrix) computes the flows and peers of a host. A flow that an earlier run opened and that is no
    longer listed is closed. Rules, tables, zones and files that this module did not write are left unchanged.
  - Only a flow that initiates a conversation needs a rule. Replies to it pass by connection tracking, even where the
    host's own rules do not accept established traffic. The IP filters of AIX are stateless, so there the flows that
    only answer are opened as well, over TCP for packets that cannot open a connection.
  - Where a host drops nothing by default, there is nothing to open, and nothing is written. RV(enforced) lists the
    hooks at which it does.
  - On Linux, the kernel is asked whether the flows are open. Before a change, the module copies the packet filters of the
    host into a private network namespace, with the rules as they are going to be, and sends packets of each flow through
    that copy. RV(rehearsed) says whether it did, and RV(blocked) lists what a rule of the host stops all the same.
options:
  flows:
    description:
      - All flows that are to be open, as C(plan.flows) lists them.
      - Without any flow, the host is given back as with O(state=absent), but O(max_shrink) applies.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Name of the flow, which appears in comments and reports.
        type: str
        required: true
      direction:
        description:
          - V(in) arrives at this host, V(out) leaves it, V(forward) passes through it.
          - The remote end is the source of V(in), the destination of V(out), and both ends of V(forward).
        type: str
        choices: [in, out, forward]
        required: true
      protocol:
        description: Transport protocol.
        type: str
        choices: [tcp, udp]
        required: true
      source:
        description: Where the flow comes from.
        type: dict
        required: true
        suboptions:
          role:
            description:
              - Role of the hosts at this end. At the remote end, O(peers) has their addresses under this name.
            type: str
            required: true
          ports:
            description: Ports and ranges of ports, such as V(111) and V(513-1023); V(1-65535) means all of them.
            type: list
            elements: str
            required: true
          peers:
            description:
              - Group of O(peers) to use instead of that of the role. At this host's own end, only packets from or to
                these addresses belong to the flow.
            type: str
      destination:
        description: Where the flow goes to.
        type: dict
        required: true
        suboptions:
          role:
            description:
              - Role of the hosts at this end. At the remote end, O(peers) has their addresses under this name.
            type: str
            required: true
          ports:
            description: Ports and ranges of ports, such as V(111) and V(513-1023); V(1-65535) means all of them.
            type: list
            elements: str
            required: true
          peers:
            description:
              - Group of O(peers) to use instead of that of the role. At this host's own end, only packets from or to
                these addresses belong to the flow.
            type: str
      initiates:
        description: Whether the flow initiates a conversation. A flow that only answers gets rules on AIX only.
        type: bool
        default: true
      service:
        description: Service that the flow belongs to. For information only.
        type: str
      phase:
        description: Phase of the work that the flow belongs to. For information only.
        type: str
      documented:
        description: Whether a published table lists the flow. For information only.
        type: bool
      reference:
        description: Place in that table. For information only.
        type: str
      reason:
        description: Why the flow is needed although no table lists it. For information only.
        type: str
      window:
        description:
          - Opens the flow through windows only. With V(source) or V(destination), it is open to the clients at that end
            that have a window; with V(host), while this host, being a client itself, has one; with V(any), while any
            client has one.
          - If it is not set, the flow is permanently open.
        type: str
        choices: [host, source, destination, any]
  peers:
    description:
      - Addresses and networks (CIDR, IPv4 and IPv6) of each group that the flows name.
      - A flow with a group that has no address opens nothing.
    type: dict
    default: {}
  interfaces:
    description:
      - Network interfaces on which the flows are open; an empty list means all of them. Forwarded traffic has to enter
        through one of them and leave through one of them.
      - Policies of firewalld know no interfaces. There, the flows are open on all of them, which RV(widened) reports.
    type: list
    elements: str
    default: []
  backend:
    description:
      - Packet filter on which the flows are opened.
      - V(auto) chooses the IP filters on AIX, and on Linux firewalld if its service runs or is enabled, else nftables
        if it is installed.
      - V(nftables) uses chains and sets in the host's own tables.
      - V(firewalld) uses policies and ipsets of firewalld 0.9 or later.
      - V(aix_ipsec) uses the IP filters of AIX, which the fileset C(bos.net.ipsec.rte) contains.
    type: str
    choices: [auto, firewalld, nftables, aix_ipsec]
    default: auto
  aix_default_action:
    description:
      - With V(aix_ipsec), action of the default rule of the IP filters, for IPv4 and IPv6 as far as a flow uses them.
        If it is not set, the action is left unchanged.
      - V(deny) is refused unless the other rules permit the connection by which the host is managed (which
        C(SSH_CONNECTION) names), C(lo0), and neighbour discovery for IPv6.
    type: str
    choices: [deny]
  max_rules:
    description:
      - With V(aix_ipsec), highest number of rules for the flows. Each packet is compared with one after another.
    type: int
    default: 2000
  on_blocked:
    description:
      - What to do if a rule of the host stops a flow for all of its peers, wherever the managed rules stand in the host's
        chains. Examples are a drop at the hook C(prerouting), and a rule of iptables or of another program that manages
        packet filters.
      - With V(fail), the module fails before anything is written, and names the rule, its table and the program that it
        belongs to. With V(warn), the other flows are opened, and RV(blocked) lists this one with a warning.
      - A rule that names a peer, an interface or a set, and stops a flow for some of its peers only, never fails the
        module. It stays in force, and RV(blocked) lists those peers with a warning.
      - If the connection by which the host is managed (which C(SSH_CONNECTION) names) would not pass after the change,
        the module fails in any case.
      - Closing flows and O(state=absent) never fail because of a blocked flow, and neither does the job that closes
        windows.
    type: str
    choices: [fail, warn]
    default: fail
    version_added: 1.1.0
  tftpaccess:
    description:
      - Whether to limit the TFTP server of AIX to C(/tftpboot), by the line C(allow:/tftpboot) in
        C(/etc/tftpaccess.ctl). The module fails if that file allows or denies anything else.
      - TFTP servers of Linux do not read this file, which RV(not_applicable) reports there.
    type: bool
    default: false
  retired:
    description:
      - Marks the host as a client that is no longer managed by NIM, as C(plan.retired) describes it.
      - Removes the lines of root's C(.rhosts) and of C(/etc/hosts.equiv) that trust a master, and the line C(shell) of
        C(/etc/inetd.conf), which inetd then reads again. A run without this option restores the lines where they stood.
    type: dict
    suboptions:
      masters:
        description:
          - Names and addresses of the masters. The one that C(/etc/niminfo) names is always one of them.
          - A name with its domain and the same name without a domain are the same host.
        type: list
        elements: str
        required: true
  window:
    description:
      - Clients that are to have a window, as C(plan.window) lists them. A window opens the flows that take part in it
        for some time, and the host closes them by itself at its end.
      - A listed client without a window gets one. An open window is neither prolonged nor shortened, whether its client
        is listed or not. A window that is over is not opened again, unless a run in between did not list its client.
      - If it is not set, there are no windows, and those that the host has are ended.
    type: dict
    suboptions:
      seconds:
        description: Length of a window that this run opens, at most 31 days.
        type: int
        required: true
      clients:
        description: Addresses and networks of each listed client, by its name.
        type: dict
        required: true
      host:
        description: Name by which this host is such a client itself.
        type: str
  window_renew:
    description: Whether to open the windows of the clients in O(window) anew, from now on.
    type: bool
    default: false
  window_close:
    description: Whether to close the windows of the clients in O(window) now, or those of all clients if it lists none.
    type: bool
    default: false
  max_shrink:
    description:
      - Highest percentage of the host's present peers that a run may remove. A run that would remove more fails, names
        them, and changes nothing; so does check mode. V(100) permits any removal.
      - Peers are counted by their addresses, and a network as at most 256 of them, so that a wide network does not hide
        the hosts beside it.
      - Does not apply to O(state=absent) and to a host that is O(retired), where the removal is intended.
    type: int
    default: 20
  confirm_timeout:
    description:
      - Number of seconds, 5 to 3600, within which the host has to be reached over a new connection after a change. It
        undoes the change by itself otherwise. With V(0), changes are not confirmed and never undone.
    type: int
    default: 60
  state:
    description: Whether the flows are open, or the host is given back as it was before.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
  - fleet.ports._confirmed
notes:
  - Requires root (C(become=true)).
  - "With nftables: in each table with a base chain that drops by default, by its policy or by a rule that drops all
    that reaches it, the module manages chains C(fleet_ports_HOOK) and sets C(fleet_ports_GROUP_v4) and
    C(fleet_ports_GROUP_v6). The base chain jumps there from its end, so that explicit drops before stay in force. If the
    flows do not pass from there, because a rule before it drops all that reaches it, the jump stands at its beginning. A
    rule that names a peer, an interface or a set stays in force there, too: packets of the interface do not take the
    jump, and peers in the sets C(fleet_ports_left_out_HOOK_v4) and C(fleet_ports_left_out_HOOK_v6) are not opened."
  - "With nftables: the rules are stored in C(/etc/fleet.ports.nft), which the last lines of the script that loads the
    host's rules at boot, such as C(/etc/nftables.conf), include. All that is loaded at boot is checked first. If the
    file is missing, or tables are renamed or removed, the host's own rules are loaded all the same."
  - "With nftables: tables that iptables or firewalld manage are never edited. If such a table drops what is to be
    opened, the module fails and changes nothing, see O(on_blocked). A table that is dormant stays dormant."
  - "With nftables and firewalld: packets are sent in a network namespace that ends with the module, and no packet leaves
    it. A run without changes sends none, unless another program has changed the host's rules since they were rehearsed,
    which is a warning. Where network namespaces are not allowed, or the rules cannot be copied, the module judges by the
    form of the rules, counts what it does not understand as dropping, and returns RV(not_rehearsed)."
  - "What is sent there cannot judge rules that depend on users, control groups or marks of local processes, on programs
    that get packets by C(queue), on MAC addresses of peers or on the ports of a bridge."
  - "With firewalld: the module manages the policies C(fleet-ports-in), C(fleet-ports-out) and C(fleet-ports-fwd), and
    ipsets whose names begin with C(fports-). It never binds a source to a zone. Policies are evaluated before zones, so
    peers that the administrator excludes in a zone by their addresses are left out of them, and listed in RV(blocked)."
  - "With firewalld: a change takes one reload, which ends whatever was configured at run time only. The other files are
    checked first, since firewalld lets everything pass if it fails to load one. If firewalld does not filter after the
    reload all the same, the former files are restored and loaded, and the module fails."
  - "With firewalld: a flow with both source and destination ports takes an ipset of pairs of address and port. Where
    that would be an ipset of the kernel (before 1.3, with its iptables backend or with direct rules) with more than
    65536 pairs, or for outgoing flows before 1.0, the flow is opened from any source port and reported as RV(widened)."
  - "With aix_ipsec: the module manages the rules whose description is C(fleet.ports), and keeps them last before the
    default rule; other rules keep their order. A range of ports takes rules that deny what lies beside it, for the
    filter can only compare with single ports; they apply to the same peers only."
  - "With aix_ipsec: where the default rule permits, there is nothing to open, and no rule is made. Where it denies, the
    devices C(ipsec_v4) and C(ipsec_v6) are made available as needed, and all defined rules, including those of others,
    are put in force with C(mkfilt -u). Only the difference is applied. If a command fails, those before it are undone."
  - "A change is confirmed over a new connection, which costs a second execution if something changed. The former state
    is noted on the host before the first change, and a job of the host (a timer of systemd, else a process, and C(at)
    where it is installed) undoes the change, on disk and in force, unless it is confirmed in time: even if the
    controller is gone, and at the next boot if there is one meanwhile. C(/var/lib/fleet.ports/rollback) and the units
    C(fleet-ports-rollback) are removed once it is decided. The system log lists what the host did."
  - A connection that is lost while the host is changed does not matter, if the host can be reached over a new one in
    time.
  - With the connection V(ansible.builtin.local), the second execution alone confirms a change.
  - Flows can be thousands, so the result has the options of the module (C(invocation)) with C(-vvv) only.
  - A run that finds the unconfirmed change of another run waits for its end, for a minute at most. It also waits for
    any run of this collection's modules that is active on the host.
  - C(async) is not supported, since the change could not be confirmed.
  - Closing a flow does not end a conversation in progress, where connection tracking lets it pass until it is over.
  - "Windows end by the host's clock. A job of the host (a timer of systemd, else C(at), which is up to a minute late)
    removes the rules at the end, or at the boot that follows it. What it needs is in C(/var/lib/fleet.ports/window) and
    the units C(fleet-ports-window), which are removed when no window is open."
  - "With nftables, windows require Linux 5.4 and nftables 0.9.3: each of their rules matches within its time only, also
    when it is loaded at a boot in between, and its peers are in sets whose entries have a timeout."
  - "With aix_ipsec, rules of a window also expire, unless they apply to flows without an end as well. That time begins
    anew whenever rules are put in force, so the module does not rely on it."
  - What is managed is recorded in C(/var/lib/fleet.ports/flows.json). Without that file O(state=absent) does nothing.
seealso:
  - module: fleet.ports.port_matrix
  - name: Network ports used for NIM communication
    description: The published table of the flows of NIM.
    link: https://www.ibm.com/support/pages/network-ports-used-nim-communication
  - name: nft(8)
    description: The language of nftables.
    link: https://www.netfilter.org/projects/nftables/manpage.html
  - name: genfilt
    description: The rules of the IP filters of AIX.
    link: https://www.ibm.com/docs/en/aix/7.3.0?topic=g-genfilt-command
  - name: firewalld.policies(5)
    description: Policies of firewalld.
    link: https://firewalld.org/documentation/man-pages/firewalld.policies.html
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Compute the plan of this host
  fleet.ports.port_matrix:
  register: matrix

- name: Open its flows on the packet filter of the host
  fleet.ports.firewall_flows:
    flows: "{{ matrix.plan.flows }}"
    peers: "{{ matrix.plan.peers }}"
    interfaces: "{{ matrix.plan.interfaces }}"

- name: Let the clients of two networks request and receive their boot image
  fleet.ports.firewall_flows:
    flows:
      - id: tftp-request
        direction: in
        protocol: udp
        source:
          role: nim_client
          ports: ["1024-65535"]
        destination:
          role: nim_master
          ports: ["69"]
      - id: tftp-data
        direction: out
        protocol: udp
        source:
          role: nim_master
          ports: ["32768-65535"]
        destination:
          role: nim_client
          ports: ["1024-65535"]
    peers:
      nim_client:
        - 198.51.100.0/24
        - 2001:db8:2::/64
    backend: nftables

- name: Let a client boot and be installed within the next four hours
  fleet.ports.firewall_flows:
    flows:
      - id: tftp-image-request
        direction: in
        protocol: udp
        source:
          role: nim_client
          ports: ["32768-65535"]
        destination:
          role: nim_master
          ports: ["69"]
        window: source
    peers:
      nim_client:
        - 198.51.100.0/24
    window:
      seconds: 14400
      clients:
        lpar7: [198.51.100.7]

- name: Deny everything else on AIX, with five minutes to confirm the change
  fleet.ports.firewall_flows:
    flows: "{{ matrix.plan.flows }}"
    peers: "{{ matrix.plan.peers }}"
    aix_default_action: deny
    max_rules: 5000
    confirm_timeout: 300

- name: Open what can be opened, and list what a rule of another program stops
  fleet.ports.firewall_flows:
    flows: "{{ matrix.plan.flows }}"
    peers: "{{ matrix.plan.peers }}"
    on_blocked: warn
  register: opened

- name: Show the flows that are still blocked
  ansible.builtin.debug:
    var: opened.blocked

- name: Limit TFTP to /tftpboot on a NIM master that runs AIX
  fleet.ports.firewall_flows:
    flows: "{{ matrix.plan.flows }}"
    peers: "{{ matrix.plan.peers }}"
    tftpaccess: true

- name: Close the flows of a client that left NIM, and remove its trust in the master
  fleet.ports.firewall_flows:
    retired:
      masters: [nim01.example.com, 192.0.2.10]

- name: Close all flows, and give the host back as it was
  fleet.ports.firewall_flows:
    state: absent
"""

RETURN = r"""
backend:
  description: Packet filter on which the flows are open; empty if none is open, nor was before.
  returned: success
  type: str
  sample: nftables
rules:
  description: Number of rules for the flows, after flows of the same shape were joined.
  returned: success
  type: int
  sample: 12
widened:
  description: Flows that are opened wider than requested, because the backend cannot express them exactly.
  returned: success
  type: list
  elements: dict
  contains:
    flow:
      description: Name of the flow.
      type: str
    what:
      description: How it is wider.
      type: str
  sample:
    - flow: nimsh-request
      what: from any source port, not only from 513-1023
enforced:
  description: Hooks at which this host drops by default, so that flows have to be opened there.
  returned: success
  type: list
  elements: str
  sample: [input, forward]
rehearsed:
  description:
    - Whether the kernel judged packets of the flows on a copy of the packet filters of this host, in this run or, if its
      rulesets are unchanged since then, in an earlier one.
  returned: success
  type: bool
  version_added: 1.1.0
  sample: true
not_rehearsed:
  description:
    - Why the kernel did not judge; empty if it did, and if no flow is open on a packet filter.
    - Use the playbook C(fleet.ports.verify) on such a host, which sends packets between the hosts.
  returned: success
  type: str
  version_added: 1.1.0
  sample: ""
blocked:
  description: What a rule of the host stops although a flow is to let it pass.
  returned: success
  type: list
  elements: dict
  version_added: 1.1.0
  contains:
    flow:
      description: Name of the flow.
      type: str
    packet:
      description: A packet of the flow that the rule stops.
      type: str
    interface:
      description: Interface through which that packet arrives, or leaves if this host sends it.
      type: str
    peers:
      description: Addresses and networks of the peers that the rule names; empty if it stops all peers of the flow.
      type: list
      elements: str
    at:
      description: V(now), or V(boot) if the rule stops it only after the next boot, when the host loads its rules anew.
      type: str
    hook:
      description: Hook at which it is stopped.
      type: str
    table:
      description: Family and name of the table; empty if the kernel names no rule, and RV(blocked[].rule) is a remark.
      type: str
    chain:
      description: Name of the chain.
      type: str
    rule:
      description: The rule in the words of its packet filter; C(policy drop) for the policy of the chain.
      type: str
    owner:
      description: Program that manages the table, such as V(firewalld) or V(iptables); empty if none is known.
      type: str
    fatal:
      description: Whether the rule stops the flow for all of its peers, so that O(on_blocked) applies to it.
      type: bool
  sample:
    - flow: bootp-request
      packet: udp 198.51.100.7:68 > 192.0.2.10:67
      interface: eth0
      peers: [198.51.100.7]
      at: now
      hook: input
      table: inet filter
      chain: input
      rule: ip saddr 198.51.100.7 drop
      owner: ""
      fatal: false
passing:
  description:
    - How many flows passed with all their packets before the run (C(now)), and do after its change (C(then)), of how many
      (C(of)). It is null if this run rehearsed nothing, since the rules are unchanged or the host cannot be rehearsed.
    - In check mode, C(then) is what would pass.
  returned: success
  type: dict
  version_added: 1.1.0
  sample: {now: 3, then: 12, of: 12}
not_applicable:
  description: Options that have no effect on this host.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: Name of the option.
      type: str
    why:
      description: Why it has no effect.
      type: str
  sample: []
differences:
  description:
    - What differed on the host from what was requested, also without diff mode, in a form that is short enough for a
      report on many hosts.
    - In check mode, what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: File, or part of the running system.
      type: str
    unwanted:
      description: Lines that exist and should not.
      type: dict
      contains:
        count:
          description: Number of the lines.
          type: int
        lines:
          description: The first ten of them.
          type: list
          elements: str
    missing:
      description: Lines that should exist and do not, with the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: running ruleset
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["table inet filter, chain fleet_ports_input: tcp dport 111 accept"]}
windows:
  description: Windows that are open, and those that are over and whose clients are still listed.
  returned: success
  type: list
  elements: dict
  contains:
    client:
      description: Name of the client.
      type: str
    opened:
      description: Time at which it was opened.
      type: str
    until:
      description: Time at which it ends.
      type: str
    open:
      description: Whether it is open now.
      type: bool
  sample:
    - client: lpar7
      opened: "2026-03-01T08:00:00Z"
      until: "2026-03-01T12:00:00Z"
      open: true
owned:
  description:
    - Concerns of which this host has a record; V(flows) is one of them if the module manages anything on it.
    - In check mode, what the host has, not what it would have.
  returned: success, and if the host does not allow what is requested
  type: list
  elements: str
  sample: [services, flows]
diff:
  description: Files that change, or the rules in force where the files were right and those were not.
  returned: when diff mode is on
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._commit import confirmed_module
from ansible_collections.fleet.ports.plugins.module_utils._flows import concern
from ansible_collections.fleet.ports.plugins.module_utils._flows.jobs import roll_back
from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module


def main():
    options = dict(concern_module.argument_spec(concern), **confirmed_module.OPTIONS)
    module = AnsibleModule(argument_spec=options, supports_check_mode=True)
    confirmed_module.run(module, concern, roll_back.of_flows())


if __name__ == "__main__":
    main()
