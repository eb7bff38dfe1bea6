#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Open flows: bring the packet filter of a host to a list of flows, and give it back."""

DOCUMENTATION = r"""
module: firewall_flows
short_description: Open flows on the packet filter of a host
version_added: 1.0.0
description:
  - Opens the flows of a list, and nothing else, on the packet filter that is in charge of the host. However many flows
    and peers there are, it is one transaction.
  - The flows and peers are those of a plan, as M(fleet.ports.port_matrix) computes it. What an earlier run opened and
    is not listed any more is closed again. Rules, tables, zones and files of others stay as they are.
  - Only a flow that begins a conversation needs a rule. Replies to it pass by connection tracking, also where the
    host's own rules do not let established traffic through. The IP filters of AIX know no connections, so there the
    flows that only answer are opened too, over TCP for packets that can't open a connection.
  - Where a host drops nothing by default, there is nothing to open, and nothing is written. RV(enforced) says where it
    does.
options:
  flows:
    description:
      - All flows that are to be open, as C(plan.flows) has them.
      - With no flow at all, the host is given back as with O(state=absent), which does not use this option; but then
        O(max_shrink) counts.
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
          - V(in) comes to this host, V(out) goes out from it, V(forward) passes through it.
          - The remote end is the source of V(in), the destination of V(out), and both of V(forward).
        type: str
        choices: [in, out, forward]
        required: true
      protocol:
        description: Protocol.
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
              - Role of the hosts at this end. At the remote end, the addresses are those that O(peers) has under this
                name.
            type: str
            required: true
          ports:
            description: Ports and ranges of ports, such as V(111) and V(513-1023); V(1-65535) is all.
            type: list
            elements: str
            required: true
          peers:
            description:
              - A group of O(peers) to use instead of the role's. At this host's own end, only packets to or from these
                addresses belong to the flow.
            type: str
      destination:
        description: Where the flow goes to.
        type: dict
        required: true
        suboptions:
          role:
            description:
              - Role of the hosts at this end. At the remote end, the addresses are those that O(peers) has under this
                name.
            type: str
            required: true
          ports:
            description: Ports and ranges of ports, such as V(111) and V(513-1023); V(1-65535) is all.
            type: list
            elements: str
            required: true
          peers:
            description:
              - A group of O(peers) to use instead of the role's. At this host's own end, only packets to or from these
                addresses belong to the flow.
            type: str
      initiates:
        description: Whether the flow begins a conversation; one that only answers gets a rule on AIX only.
        type: bool
        default: true
      service:
        description: Service that the flow belongs to. For information only.
        type: str
      phase:
        description: Phase of the work that the flow belongs to. For information only.
        type: str
      documented:
        description: Whether a published table has the flow. For information only.
        type: bool
      reference:
        description: Place in that table. For information only.
        type: str
      reason:
        description: Why the flow is needed although no table has it. For information only.
        type: str
      window:
        description:
          - The flow is open through windows only. With V(source) and V(destination), to the clients at that end that
            have one; with V(host), while this host has one, being a client itself; with V(any), while any client has.
          - If it is not set, the flow is open without end.
        type: str
        choices: [host, source, destination, any]
  peers:
    description:
      - For each group that the flows name, a list of its addresses and networks (CIDR), IPv4 and IPv6.
      - A flow with a group that has no address opens nothing.
    type: dict
    default: {}
  interfaces:
    description:
      - Open the flows on these network interfaces only; an empty list means on all of them. What is forwarded has to
        come in by one and go out by one of them.
      - Policies of firewalld know no interfaces. There, the flows are open on all of them, which RV(widened) reports.
    type: list
    elements: str
    default: []
  backend:
    description:
      - The packet filter to open the flows on.
      - With V(auto), the one in charge. On AIX that is its IP filters, on Linux firewalld if its service runs or starts
        at boot, else nftables if it is installed.
      - With V(nftables), chains and sets in the host's own tables.
      - With V(firewalld), policies and ipsets of firewalld 0.9 or later.
      - With V(aix_ipsec), the IP filters of AIX, which come with the fileset C(bos.net.ipsec.rte).
    type: str
    choices: [auto, nftables, firewalld, aix_ipsec]
    default: auto
  aix_default_action:
    description:
      - With V(aix_ipsec), what the default rule of the IP filters is to do, for each of IPv4 and IPv6 that a flow uses.
        If this is not set, its action is left alone.
      - V(deny) is refused unless the other rules permit the connection by which the host is managed (which
        C(SSH_CONNECTION) names), C(lo0), and neighbour discovery for IPv6.
    type: str
    choices: [deny]
  max_rules:
    description: With V(aix_ipsec), how many rules the flows may take; each packet is compared with one after the other.
    type: int
    default: 2000
  tftpaccess:
    description:
      - Whether the TFTP server may give away C(/tftpboot) only, by the line C(allow:/tftpboot) in
        C(/etc/tftpaccess.ctl). It fails if that file allows or denies anything else.
      - The TFTP servers of Linux do not read this file, which RV(not_applicable) reports there.
    type: bool
    default: false
  retired:
    description:
      - That the host is a client with which NIM has no business any more, as C(plan.retired) has it.
      - The lines of C(.rhosts) of root and of C(/etc/hosts.equiv) that trust a master are taken away, and the line
        C(shell) of C(/etc/inetd.conf), which inetd then reads again. Unset puts back what was taken, where it stood.
    type: dict
    suboptions:
      masters:
        description:
          - Names and addresses of the masters. The one that C(/etc/niminfo) names is one of them anyway.
          - A name with its domain and the same name without one are the same host.
        type: list
        elements: str
        required: true
  window:
    description:
      - Who is to have a window, as C(plan.window) has it. A window opens the flows that take part in it for some time,
        at whose end the host closes them by itself.
      - A client that has no window gets one. One that is open is neither prolonged nor cut, whether its client is named
        or not. One that is over is not opened again, unless a run in between did not name its client.
      - If it is not set, there are no windows, and those that the host has are ended.
    type: dict
    suboptions:
      seconds:
        description: How long a window is that this run opens.
        type: int
        required: true
      clients:
        description: The addresses and networks of each client that is named, by its name.
        type: dict
        required: true
      host:
        description: The name by which this host is such a client itself.
        type: str
  window_renew:
    description: Whether to open the windows of the clients in O(window) anew, from now on.
    type: bool
    default: false
  window_close:
    description: Whether to close the windows of the clients in O(window) now, those of all clients if none is named.
    type: bool
    default: false
  max_shrink:
    description:
      - At most how many per cent of the peers that the host has now a run may take away. If it would take away more, it
        fails, says which, and changes nothing; check mode says the same. V(100) lets it.
      - Peers are counted by their addresses, a network as at most 256 of them; so a wide one does not hide the hosts
        beside it.
      - Does not count with O(state=absent) and for a host that is O(retired), for those say what is meant.
    type: int
    default: 20
  confirm_timeout:
    description:
      - Within how many seconds of a change the host has to be reached over a new connection, else it undoes the change
        by itself. C(0) leaves a change without that.
      - 5 to 3600, if it is not C(0).
    type: int
    default: 60
  state:
    description: Whether the host has the flows open, or is given back as it was before.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
notes:
  - Needs root (C(become=true)).
  - "With nftables: in each table with a base chain that drops by default, by its policy or by a rule that drops
    whatever reaches it, the module owns chains C(fleet_ports_HOOK) and sets C(fleet_ports_GROUP_v4) and
    C(fleet_ports_GROUP_v6). The base chain jumps there from its end, so that explicit drops before stay in force; if
    it drops by a rule of its own, from its beginning, since no other place is safe whatever becomes of the host's
    rules."
  - "With nftables: the rules stand in C(/etc/fleet.ports.nft), and the script that loads the host's rules at boot,
    such as C(/etc/nftables.conf), includes that file in its last lines. All that is loaded at boot is checked first.
    The file may go missing, and tables may be renamed or removed, without keeping the host's own rules from being
    loaded."
  - "With nftables: tables that iptables or firewalld keep to themselves are never edited. If such a table drops what is
    to be opened, the module fails and changes nothing."
  - "With firewalld: the module owns the policies C(fleet-ports-in), C(fleet-ports-out) and C(fleet-ports-fwd), and
    ipsets whose names begin with C(fports-). It never binds a source to a zone. Policies are asked before zones, so
    they overrule even what the administrator drops in a zone."
  - "With firewalld: a change takes one reload, which ends whatever was configured at run time only. The files of others
    are checked first, since firewalld lets everything pass if it fails to load one. If it does not filter after the
    reload all the same, the former files are put back and loaded, and the module fails."
  - "With firewalld: a flow with both source and destination ports takes an ipset of pairs of address and port. Where
    that would be an ipset of the kernel (before 1.3, with its iptables backend or with direct rules) and have more
    than 65536 pairs, or for outgoing flows before 1.0, the flow is opened from any source port and reported as
    RV(widened)."
  - "With aix_ipsec: the module owns the rules whose description is C(fleet.ports), and keeps them last before the
    default rule; rules of others keep their order. A range of ports takes rules that deny what lies beside it, for the
    filter can only compare with single ports; they hold for the same peers only."
  - "With aix_ipsec: where the default rule permits, there is nothing to open, and no rule is made. Where it denies, the
    devices C(ipsec_v4) and C(ipsec_v6) are made available as needed, and what is defined, by others too, is put in
    force with C(mkfilt -u). Only the difference is applied. If a command fails, those before it are undone."
  - "A change is confirmed over a new connection, which costs a second execution if something changed, and nothing if
    not. What the host was like is noted on it before the first change, and a job of its own (a timer of systemd, else a
    process, and C(at) where it is installed) undoes the change, on disk and in force, unless it is confirmed in time:
    though the controller is gone, and at the next boot if there is one meanwhile. C(/var/lib/fleet.ports/rollback) and
    the units C(fleet-ports-rollback) are gone once it is decided. What the host did is in its system log."
  - With the connection V(ansible.builtin.local), a second execution is all that confirms a change.
  - Flows can be thousands, so the result says what the module was told (C(invocation)) with C(-vvv) only.
  - A run that finds the unconfirmed change of another run waits for its end, a minute at most. The same goes for any
    run of these modules that is at work on the host; each has the host to itself while it reads and writes.
  - C(async) is not supported, since nobody would confirm.
  - Closing a flow does not end a conversation that is going on where there is connection tracking, which lets it pass
    until it is over.
  - "Windows end by the host's clock. A job of its own (a timer of systemd, else C(at), which is up to a minute late)
    takes the rules away at the end, or at the boot that follows it. What it needs is in C(/var/lib/fleet.ports/window)
    and the units C(fleet-ports-window), which are gone when no window is open."
  - "With nftables, a window takes Linux 5.4 and nftables 0.9.3: each of its rules holds within its time only, also when
    it is loaded at a boot in between, and its peers are in sets whose entries have a timeout."
  - "With aix_ipsec, rules of a window expire besides, unless they hold for flows without an end, too. That time begins
    anew whenever rules are put in force, and is not relied on."
  - What is owned is remembered in C(/var/lib/fleet.ports/flows.json), without which O(state=absent) does nothing.
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
- name: Compute what this host must have
  fleet.ports.port_matrix:
  register: matrix

- name: Open its flows on whatever packet filter it has
  fleet.ports.firewall_flows:
    flows: "{{ matrix.plan.flows }}"
    peers: "{{ matrix.plan.peers }}"
    interfaces: "{{ matrix.plan.interfaces }}"

- name: Let the clients of two networks ask for their boot image, and send it to them
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

- name: Let go of a client that left NIM, and of what it trusts
  fleet.ports.firewall_flows:
    retired:
      masters: [nim01.example.com, 192.0.2.10]

- name: Close all of it again
  fleet.ports.firewall_flows:
    state: absent
"""

RETURN = r"""
backend:
  description: The packet filter that the flows are open on; empty if nothing is, nor was.
  returned: success
  type: str
  sample: nftables
rules:
  description: Number of rules that the flows take there, after flows of the same shape were joined.
  returned: success
  type: int
  sample: 12
widened:
  description: The flows that are opened wider than they are asked for, since the backend cannot express them exactly.
  returned: success
  type: list
  elements: dict
  contains:
    flow:
      description: The flow's name.
      type: str
    what:
      description: How it is wider.
      type: str
  sample:
    - flow: nimsh-request
      what: from any source port, not only from 513-1023
enforced:
  description: The hooks at which this host drops by default, so that flows have to be opened there.
  returned: success
  type: list
  elements: str
  sample: [input, forward]
not_applicable:
  description: Options that mean nothing on this host.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: The option.
      type: str
    why:
      description: Why it means nothing.
      type: str
  sample: []
differences:
  description:
    - What of the host was not as asked for, also without diff mode, short enough for a report on many hosts.
    - In check mode it is what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that are there and should not be.
      type: dict
      contains:
        count:
          description: How many there are.
          type: int
        lines:
          description: The first ten.
          type: list
          elements: str
    missing:
      description: Lines that should be there and are not; it has the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: running ruleset
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["table inet filter, chain fleet_ports_input: tcp dport 111 accept"]}
windows:
  description: The windows that are open, and those that are over and whose clients are named.
  returned: success
  type: list
  elements: dict
  contains:
    client:
      description: The client's name.
      type: str
    opened:
      description: When it was opened.
      type: str
    until:
      description: Its end.
      type: str
    open:
      description: Whether it is open.
      type: bool
  sample:
    - client: lpar7
      opened: "2026-03-01T08:00:00Z"
      until: "2026-03-01T12:00:00Z"
      open: true
owned:
  description:
    - The concerns of which this host has a record, V(flows) among them if this module has rules on it.
    - In check mode it is what the host has, not what it would have.
  returned: success, and if the host is in the way of what is asked for
  type: list
  elements: str
  sample: [services, flows]
diff:
  description: The files that change, or the rules in force if the files were right and those were not.
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
