#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probe flows with packets: listen for them, send them, collect what was heard."""

DOCUMENTATION = r"""
module: flow_probe
short_description: Prove with packets that flows pass from host to host
version_added: 1.0.0
description:
  - Sends packets between hosts, from the exact address and port that a flow names to the exact address and port, and
    finds out which of them arrive. A run has three steps. First each receiving host listens, then each sending host
    sends, then what was heard is collected; each step is one execution of this module. The playbook
    C(fleet.ports.verify) makes all three for the flows of a whole fleet.
  - What is sent carries a proof of the run's O(nonce) and of both its ends, so that nothing else counts as a probe.
  - A UDP probe is a call of ONC RPC to a program that nobody has, 60 bytes long. No service acts upon it. RPC services
    (C(rpcbind), C(rpc.mountd), C(rpc.statd), C(lockd), the NFS server) reply that they don't have the program; TFTP,
    BOOTP and DHCP servers drop it, for it is no request of theirs. The listener answers it with 44 bytes, once.
  - A TCP probe connects. Only if this collection's own listener accepts and says so, it is sent the proof. To a real
    service nothing is sent, and the connection is reset at once.
  - A port is never taken from the one who has it. Where a service has a port that is to be listened on, it is used
    instead of a listener. On Linux the packets that reach it are heard beside it, behind the packet filter for incoming
    packets.
  - Everything ends by itself. The listener is a process in the background that lives O(seconds) at most; with it goes
    all that it left on the host, a folder below C(/tmp) that only root can enter.
options:
  mode:
    description:
      - V(listen) opens all that it can, starts the listener in the background, and returns when packets are heard.
      - V(send) sends the probes, waits for answers and returns when each has its result.
      - V(collect) ends the listener of this O(nonce), and returns what it heard.
    type: str
    choices: [listen, send, collect]
    required: true
  nonce:
    description:
      - What the probes of one run have in common and no other run has, 16 to 128 hexadecimal digits, an even number.
      - Take it from a generator of random numbers. Whoever knows it can forge an answer.
    type: str
    required: true
  probes:
    description:
      - The probes, 20000 at most. With V(listen) those that this host is to receive, with V(send) those that it is to
        send. The receiver must be told the same ends as the sender.
      - If a probe is sent from A to B, don't send one of the same run from B to A between the same two ports. For a
        packet filter that tracks connections it would be the reply to the other one, and pass without a rule.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Its number, by which the results name it.
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
        description: Port that it is sent from.
        type: int
        required: true
      destination_address:
        description:
          - Address of the receiving host, of the same kind.
          - V(255.255.255.255) is a broadcast to the network of the source address. It is heard, but not answered.
        type: str
        required: true
      destination_port:
        description: Port that it is sent to.
        type: int
        required: true
  seconds:
    description: With O(mode=listen), how long the listener lives unless it is collected, V(1) to V(900).
    type: int
    default: 120
  timeout:
    description:
      - With O(mode=send), how many seconds after its first packet a probe counts as unanswered, V(0.1) to V(60).
      - A UDP probe is sent three times within it, unless it is answered.
    type: float
    default: 2
  rate:
    description:
      - With O(mode=send), how many packets are sent in a second, V(1) to V(10000).
      - Probes that may take longer than a listener lives at most, 900 seconds, are refused.
    type: int
    default: 200
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  check_mode:
    details:
      - Nothing is listened to, sent or collected; the results are empty.
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
notes:
  - Needs root (C(become=true)); ports below 1024 are root's.
  - One run's listener and sender may use the same port of a host at the same time. A port that they don't share with
    each other they have exclusively, so that no program's packets are taken from it.
  - Only a program that is itself willing to share a port (C(SO_REUSEADDR), C(SO_REUSEPORT)) gets one that is being
    probed; for all others it is in use for the seconds of the run.
  - On systems other than Linux a UDP service counts as V(served) if it answers an RPC call; what reaches another one
    can't be heard there. Who has a port is not known there either.
  - A host answers only a few packets a second to closed UDP ports (C(net.ipv4.icmp_ratelimit)), so that many such probes
    are V(silent) rather than V(refused).
seealso:
  - module: fleet.ports.firewall_flows
  - name: RPC, version 2
    description: What a UDP probe is made of.
    link: https://www.rfc-editor.org/rfc/rfc5531
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Listen for a packet of this host to itself
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

- name: Send it
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

- name: Collect what was heard
  fleet.ports.flow_probe:
    mode: collect
    nonce: 6d0f1a2b3c4d5e6f
  register: collected

- name: It arrived, and the answer came back
  ansible.builtin.assert:
    that:
      - collected.heard == [1]
      - sent.outcomes['1'] == 'answered'
"""

RETURN = r"""
listening:
  description: On how many ports the listener listens.
  returned: O(mode=listen)
  type: int
  sample: 12
served:
  description:
    - The probes (by their O(probes[].id)) whose port somebody has already, and who. If it is a service, it is used
      instead of a listener. Over TCP the sender's result decides.
    - On Linux RV(heard) has them too, for the packets are heard beside it.
  returned: O(mode=listen)
  type: dict
  sample: {"7": "port 111/udp is in use here by rpcbind (PID 12, unit rpcbind.service)"}
obstacles:
  description: The probes that can't be listened for or sent, and why.
  returned: O(mode=listen) and O(mode=send)
  type: dict
  sample: {"9": "source port 623/udp is held (fleet.ports)"}
outcomes:
  description:
    - What became of each probe that was sent.
    - V(answered), by our listener or by a service.
    - V(refused), as a host does whose port is closed; a packet filter may say the same.
    - V(prohibited), by an ICMP message or because there is no way to the peer.
    - V(silent), nothing came back. So does every broadcast.
  returned: O(mode=send)
  type: dict
  sample: {"1": "answered", "2": "silent"}
details:
  description: More on some results.
  returned: O(mode=send)
  type: dict
  sample: {"3": "communication administratively prohibited, says 192.0.2.1"}
heard:
  description: The probes that arrived, each once, from the address and port and at the address and port that it names.
  returned: O(mode=collect)
  type: list
  elements: int
  sample: [1, 2]
displaced:
  description: Probes that arrived from another address or port than they name, as behind a translating router.
  returned: O(mode=collect)
  type: dict
  sample: {"4": "203.0.113.1 port 61234"}
strangers:
  description: How many packets and connections came that are none of these probes.
  returned: O(mode=collect)
  type: int
  sample: 0
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import probes as _probe
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening import Stage
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.results import Findings
from ansible_collections.fleet.ports.plugins.module_utils._probe.sender import sender as _probe_sender

LONGEST_LIFE = 900
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
    probes=dict(type="list", elements="dict", default=[], options=PROBE),
    seconds=dict(type="int", default=120),
    timeout=dict(type="float", default=2),
    rate=dict(type="int", default=200),
)
NOTHING = dict(
    listen=dict(listening=0, served={}, obstacles={}),
    send=dict(outcomes={}, details={}, obstacles={}),
    collect=dict(heard=[], displaced={}, strangers=0),
)


def main():
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    try:
        module.exit_json(changed=False, **run(module))
    except HostError as error:
        module.fail_json(msg=str(error))


def run(module):
    params = module.params
    if os.geteuid() != 0:
        raise HostError("Only root may probe flows; use become.")
    nonce, probes = _probe.nonce(params["nonce"]), _probe.parse(params["probes"])
    seconds = _probe.within("seconds", params["seconds"], 1, LONGEST_LIFE)
    timeout = _probe.within("timeout", params["timeout"], 0.1, 60)
    rate = _probe.within("rate", params["rate"], 1, 10000)
    if module.check_mode:
        return NOTHING[params["mode"]]
    if params["mode"] == "listen":
        return listen(nonce, probes, seconds)
    return send(nonce, probes, timeout, rate) if params["mode"] == "send" else daemon.collect(nonce)


def listen(nonce, probes, seconds):
    stage = Stage(nonce, probes)
    try:
        daemon.start(nonce, stage, Findings(nonce, probes), seconds)
    finally:
        stage.close()
    by_ends = {ends: ends.here for ends in probes}
    return dict(
        listening=len(stage.sockets),
        served=by_id(probes, {ends: stage.served[here] for ends, here in by_ends.items() if here in stage.served}),
        obstacles=by_id(
            probes, {ends: stage.obstacles[here] for ends, here in by_ends.items() if here in stage.obstacles}
        ),
    )


def send(nonce, probes, timeout, rate):
    longest = _probe_sender.longest(len(probes), timeout, rate)
    if longest > LONGEST_LIFE:
        raise HostError(
            f"These probes may take {longest:.0f} seconds, and a listener lives {LONGEST_LIFE} at most;"
            " probe in smaller batches, or raise 'rate'."
        )
    _pid, ours = rendezvous.of_run(nonce).listener()
    sender = _probe_sender.Sender(nonce, probes, timeout, rate, ours)
    sender.run()
    return dict(
        outcomes=by_id(probes, {ends: result for ends, (result, _detail) in sender.outcomes.items()}),
        details=by_id(probes, {ends: detail for ends, (_result, detail) in sender.outcomes.items() if detail}),
        obstacles=by_id(probes, sender.obstacles),
    )


def by_id(probes, texts):
    """Turn ``{ends: text}`` into ``{id: text}``, as JSON has it."""
    return {str(number): text for ends, text in texts.items() for number in probes[ends]}


if __name__ == "__main__":
    main()
