#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probe flows with packets: listen for them, send them, collect what arrived."""

DOCUMENTATION = r"""
module: flow_probe
short_description: Prove with packets that flows pass from host to host
version_added: 1.0.0
description:
  - Sends packets between hosts, with exactly the addresses and ports that a flow names, and reports which of them
    arrive. A run has three steps, each of which is one execution of this module. First each receiving host listens,
    then each sending host sends, then the results of the listeners are collected. The playbook C(fleet.ports.verify)
    does all three for the flows of a whole fleet.
  - Each packet carries a proof of the O(nonce) of the run and of both ends, so no other packet is counted as a probe.
  - A UDP probe is an ONC RPC call of 60 bytes to a program that does not exist. No service acts on it. RPC services
    (C(rpcbind), C(rpc.mountd), C(rpc.statd), C(lockd), the NFS server) reply that the program is unavailable; TFTP,
    BOOTP and DHCP servers drop it as an invalid request. The listener answers it once, with 44 bytes.
  - A TCP probe connects. It sends the proof only after the listener of this collection has accepted and identified
    itself. A real service receives no data, and the connection to it is reset at once.
  - A port is never taken from the program that has it. If a service has a port on which the host is to listen, the
    service is used instead of a listener. On Linux the packets for it are also read behind the packet filter, without
    taking them from the service.
  - The listener is a background process that ends after O(seconds) at the latest. It leaves nothing on the host; until
    then it has a folder below C(/tmp) that only root can enter.
options:
  mode:
    description:
      - V(listen) opens the ports, starts the listener in the background, and returns when it receives packets.
      - V(send) sends the probes, waits for answers, and returns when each probe has its result.
      - V(collect) ends the listener of this O(nonce), and returns what it received.
    type: str
    choices: [listen, send, collect]
    required: true
  nonce:
    description:
      - Identifies the run. An even number of hexadecimal digits, 16 to 128. Use another nonce for each run.
      - Generate it with a cryptographic random number generator. An answer can be forged with it.
    type: str
    required: true
  probes:
    description:
      - The probes, 20000 at most. With O(mode=listen) those that this host is to receive, with O(mode=send) those that
        it is to send. Both steps must name the same ends of a probe. Required with both.
      - Do not probe from A to B and from B to A between the same two ports in one run. A packet filter that tracks
        connections takes one for the reply to the other, and lets it pass without a rule.
    type: list
    elements: dict
    suboptions:
      id:
        description: Number of the probe, unique in the list. Results refer to it.
        type: int
        required: true
      protocol:
        description: Protocol.
        type: str
        choices: [tcp, udp]
        required: true
      source_address:
        description: Address of the sending host, IPv4 or IPv6.
        type: str
        required: true
      source_port:
        description: Port from which the probe is sent.
        type: int
        required: true
      destination_address:
        description:
          - Address of the receiving host, of the same address family.
          - V(255.255.255.255) is a broadcast to the network of the source address. It is received, but not answered.
        type: str
        required: true
      destination_port:
        description: Port to which the probe is sent.
        type: int
        required: true
  seconds:
    description:
      - How long the listener runs unless it is collected, V(1) to V(900) seconds.
      - Used with O(mode=listen) only.
    type: int
    default: 120
  timeout:
    description:
      - After how many seconds without an answer a probe is V(silent), V(0.1) to V(60), counted from its first packet.
      - A UDP probe is sent three times within this time, unless it is answered.
      - Used with O(mode=send) only.
    type: float
    default: 2
  rate:
    description:
      - How many packets are sent in a second, V(1) to V(10000).
      - Probes that could take longer than 900 seconds, the longest time that a listener runs, are refused.
      - Used with O(mode=send) only.
    type: int
    default: 200
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  check_mode:
    details:
      - Does not listen, send or collect; the results are empty.
  diff_mode:
    support: none
    details:
      - The module changes nothing that could be shown.
  idempotent:
    support: none
    details:
      - Each run sends packets again. The module never changes the host, and is never C(changed).
  platform:
    description: Target OS or families that can be operated against.
    platforms: linux, aix
    support: full
notes:
  - Requires root (C(become=true)), because ports below 1024 are reserved for root.
  - The listener and the sender of one run may use the same port of a host at the same time. They bind any other port
    exclusively, so no packets are taken from another program.
  - A program that starts during the run can have a port that is being probed only if it permits sharing
    (C(SO_REUSEADDR), C(SO_REUSEPORT)). For other programs the port is in use until the run ends.
  - On systems other than Linux a UDP service counts as V(served) if it answers an RPC call; packets for other services
    cannot be read there. The program that has a port is not known there either.
  - A host sends only a few ICMP messages a second about closed UDP ports (C(net.ipv4.icmp_ratelimit)), so many such
    probes are V(silent) rather than V(refused).
seealso:
  - module: fleet.ports.firewall_flows
  - name: RPC version 2
    description: The format of a UDP probe.
    link: https://www.rfc-editor.org/rfc/rfc5531
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Listen for a packet that this host sends to itself
  fleet.ports.flow_probe:
    mode: listen
    nonce: 6d0f1a2b3c4d5e6f
    seconds: 60
    probes:
      - id: 1
        protocol: udp
        source_address: 127.0.0.1
        source_port: 40069
        destination_address: 127.0.0.1
        destination_port: 40070

- name: Send the packet
  fleet.ports.flow_probe:
    mode: send
    nonce: 6d0f1a2b3c4d5e6f
    probes:
      - id: 1
        protocol: udp
        source_address: 127.0.0.1
        source_port: 40069
        destination_address: 127.0.0.1
        destination_port: 40070
  register: sent

- name: Collect what arrived
  fleet.ports.flow_probe:
    mode: collect
    nonce: 6d0f1a2b3c4d5e6f
  register: collected

- name: Check that the packet arrived, and that the answer came back
  ansible.builtin.assert:
    that:
      - collected.heard == [1]
      - sent.outcomes['1'] == 'answered'
"""

RETURN = r"""
listening:
  description: Number of ports on which the listener listens.
  returned: O(mode=listen)
  type: int
  sample: 12
served:
  description:
    - The probes (by O(probes[].id)) whose destination port is in use, and by which program. A service is used instead
      of a listener. Over TCP the result of the sender decides whether such a probe arrived.
    - On Linux RV(heard) contains these probes too, because packets for the service are read as well.
  returned: O(mode=listen)
  type: dict
  sample: {"7": "port 111/udp is in use here by rpcbind (PID 12, unit rpcbind.service)"}
obstacles:
  description: The probes that cannot be received or sent, and why.
  returned: O(mode=listen) and O(mode=send)
  type: dict
  sample: {"9": "source port 623/udp is held (fleet.ports)"}
tracking_seconds:
  description:
    - For how many seconds the connection tracking of this host remembers a packet of a probe. Until then, a packet
      filter may pass the same packet without a rule.
    - V(null) if the kernel does not tell.
  returned: O(mode=listen) and O(mode=send)
  type: int
  sample: 120
outcomes:
  description:
    - The outcome of each probe that was sent.
    - V(answered), the listener or a service answered.
    - V(refused), the peer reported a closed port; a packet filter may send the same message.
    - V(prohibited), an ICMP message or the sending host said that the packet cannot pass.
    - V(silent), no answer came. A broadcast is always silent.
  returned: O(mode=send)
  type: dict
  sample: {"1": "answered", "2": "silent"}
details:
  description: Details of some outcomes.
  returned: O(mode=send)
  type: dict
  sample: {"3": "communication administratively prohibited, reported by 192.0.2.1"}
heard:
  description: The probes that arrived between the addresses and ports that they name, each once.
  returned: O(mode=collect)
  type: list
  elements: int
  sample: [1, 2]
displaced:
  description: Probes that arrived from another address or port than they name, as behind a router with NAT.
  returned: O(mode=collect)
  type: dict
  sample: {"4": "203.0.113.1 port 61234"}
strangers:
  description: Number of other packets and connections that arrived.
  returned: O(mode=collect)
  type: int
  sample: 0
"""

import os
from collections import OrderedDict

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import connection_tracking, probes as _probe, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.heard import HeardProbes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening_sockets import ListeningSockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.sender import sender as _sender

MAX_LISTENER_SECONDS = 900
# {option: (lowest, highest)}
LIMITS = OrderedDict([("seconds", (1, MAX_LISTENER_SECONDS)), ("timeout", (0.1, 60)), ("rate", (1, 10000))])
PROBE = dict(
    id=dict(type="int", required=True),
    protocol=dict(type="str", choices=["tcp", "udp"], required=True),
    source_address=dict(type="str", required=True),
    source_port=dict(type="int", required=True),
    destination_address=dict(type="str", required=True),
    destination_port=dict(type="int", required=True),
)
OPTIONS = dict(
    mode=dict(type="str", choices=["listen", "send", "collect"], required=True),
    nonce=dict(type="str", required=True),
    probes=dict(type="list", elements="dict", options=PROBE),
    seconds=dict(type="int", default=120),
    timeout=dict(type="float", default=2),
    rate=dict(type="int", default=200),
)
REQUIRED_IF = [("mode", "listen", ["probes"]), ("mode", "send", ["probes"])]
# The first belongs to mode listen, the second to mode send.
MUTUALLY_EXCLUSIVE = [("seconds", "timeout"), ("seconds", "rate")]
EMPTY_RESULTS = dict(
    listen=dict(listening=0, served={}, obstacles={}, tracking_seconds=None),
    send=dict(outcomes={}, details={}, obstacles={}, tracking_seconds=None),
    collect=dict(heard=[], displaced={}, strangers=0),
)


def main():
    module = AnsibleModule(
        argument_spec=OPTIONS,
        required_if=REQUIRED_IF,
        mutually_exclusive=MUTUALLY_EXCLUSIVE,
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, **run(module))
    except HostError as error:
        module.fail_json(msg=str(error))


def run(module):
    params = module.params
    if os.geteuid() != 0:
        raise HostError("Probing flows requires root. Set become: true.")
    nonce, probes = _probe.nonce(params["nonce"]), _probe.parse(params["probes"] or [])
    seconds, timeout, rate = (_probe.within(name, params[name], *limits) for name, limits in LIMITS.items())
    if module.check_mode:
        return EMPTY_RESULTS[params["mode"]]
    if params["mode"] == "listen":
        return listen(nonce, probes, seconds)
    return send(nonce, probes, timeout, rate) if params["mode"] == "send" else daemon.collect(nonce)


def listen(nonce, probes, seconds):
    listening = ListeningSockets(nonce, probes)
    try:
        daemon.start(nonce, listening, HeardProbes(nonce, probes), seconds)
    finally:
        listening.close()
    return dict(
        listening=len(listening.sockets),
        served=by_id(probes, by_ends(probes, listening.served)),
        obstacles=by_id(probes, by_ends(probes, listening.obstacles)),
        tracking_seconds=connection_tracking.seconds(),
    )


def send(nonce, probes, timeout, rate):
    longest = _sender.longest(len(probes), timeout, rate)
    if longest > MAX_LISTENER_SECONDS:
        raise HostError(
            f"Sending these probes may take {longest:.0f} seconds; a listener runs {MAX_LISTENER_SECONDS} at most."
            " Use fewer probes in a run, or increase 'rate'."
        )
    _pid, listener_endpoints = rendezvous.of_run(nonce).listener()
    sender = _sender.Sender(nonce, probes, timeout, rate, listener_endpoints)
    sender.run()
    return dict(
        outcomes=by_id(probes, {ends: result for ends, (result, _detail) in sender.outcomes.items()}),
        details=by_id(probes, {ends: detail for ends, (_result, detail) in sender.outcomes.items() if detail}),
        obstacles=by_id(probes, sender.obstacles),
        tracking_seconds=connection_tracking.seconds(),
    )


def by_ends(probes, texts):
    """Turn ``{destination endpoint: text}`` into ``{ends: text}``."""
    return {ends: texts[ends.destination_endpoint] for ends in probes if ends.destination_endpoint in texts}


def by_id(probes, texts):
    """Turn ``{ends: text}`` into ``{id: text}``, with ids as text as in JSON."""
    return {str(number): text for ends, text in texts.items() for number in probes[ends]}


if __name__ == "__main__":
    main()
