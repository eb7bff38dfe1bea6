# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's trace: which rule a packet met last, and how it came there."""

import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import netlink, packets, trace
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import Probe
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP, QUEUE, STOLEN, Drop

# As linux/netfilter.h and linux/netfilter/nf_tables.h number them.
DROPS, ACCEPTS, STEALS, QUEUES, CONTINUE, JUMP, GOTO, RETURN = 0, 1, 2, 3 | 7 << 16, -1, -3, -4, -5
POLICY, RETURNED, RULE = 1, 2, 3
TRACE = 10 << 8 | 17
INET, NETDEV = 1, 5
BASES = [("inet", "filter", "input"), ("inet", "other", "input"), ("netdev", "early", "in")]


class Kernel:
    """A socket that has heard these messages."""

    def __init__(self):
        self.messages = []

    def listen(self, _size):
        pass

    def heard(self):
        while self.messages:
            message = self.messages.pop(0)
            if isinstance(message, Exception):
                raise message
            yield message


@pytest.fixture(name="kernel")
def fixture_kernel(monkeypatch):
    kernel = Kernel()
    monkeypatch.setattr(netlink, "Netlink", lambda *_arguments: kernel)
    return kernel


def header(number, ends=("198.51.100.7", "192.0.2.10")):
    return packets.packet(Probe("input", "udp", ends[0], 68, ends[1], 67, 2), number)[:40]


def verdict(code, target=""):
    content = [(1, struct.pack("!i", code))] + ([(2, target.encode() + b"\0")] if target else [])
    return netlink.nested(5, content)


def event(chain, kind, code, target="", handle=None, packet=b"\x12\x34\x56\x78", **more):
    """Return a message about a packet; its first one about it has the ``header``."""
    attributes = [(1, more.get("table", "filter").encode() + b"\0"), (2, chain.encode() + b"\0")]
    attributes += [(3, struct.pack("!Q", handle))] if handle is not None else []
    attributes += [(4, struct.pack("!I", kind)), (6, packet)]
    attributes += [(16, struct.pack("!i", code))] if kind == POLICY else [verdict(code, target)]
    attributes += [(8, more["header"])] if "header" in more else []
    return TRACE, bytes([more.get("family", INET), 0, 0, 0]) + netlink.pack(attributes)


def drops(kernel, *messages):
    kernel.messages = list(messages)
    return trace.Tracer().drops(BASES)


def test_nothing_heard_is_nothing_dropped(kernel):
    assert drops(kernel) == {}


def test_a_rule_that_drops(kernel):
    found = drops(kernel, event("input", RULE, DROPS, handle=7, header=header(3)))
    assert found == {3: Drop("inet", "filter", "input", "input", 7, [], DROP)}


def test_a_policy_that_drops(kernel):
    messages = [
        event("input", RULE, CONTINUE, handle=4, header=header(3)),
        event("input", POLICY, DROPS),
    ]
    assert drops(kernel, *messages) == {3: Drop("inet", "filter", "input", "input", None, [], DROP)}


def test_what_is_accepted_is_not_dropped(kernel):
    messages = [
        event("input", RULE, ACCEPTS, handle=4, header=header(3)),
        event("input", POLICY, ACCEPTS, table="other", header=header(3)),
    ]
    assert drops(kernel, *messages) == {}


def test_a_chain_that_was_jumped_to(kernel):
    messages = [
        event("input", RULE, JUMP, "wan", handle=4, header=header(3)),
        event("wan", RULE, DROPS, handle=9),
    ]
    assert drops(kernel, *messages) == {3: Drop("inet", "filter", "input", "wan", 9, [("input", 4)], DROP)}


@pytest.mark.parametrize("verb", [JUMP, GOTO])
def test_a_chain_that_a_chain_led_to(kernel, verb):
    messages = [
        event("input", RULE, verb, "wan", handle=4, header=header(3)),
        event("wan", RULE, verb, "web", handle=9),
        event("web", RULE, DROPS, handle=11),
    ]
    assert drops(kernel, *messages)[3] == Drop("inet", "filter", "input", "web", 11, [("input", 4), ("wan", 9)], DROP)


def test_after_a_return_the_way_is_that_of_the_caller(kernel):
    messages = [
        event("input", RULE, JUMP, "wan", handle=4, header=header(3)),
        event("wan", RULE, JUMP, "web", handle=9),
        event("web", RULE, RETURN, handle=11),
        event("wan", RULE, DROPS, handle=10),
    ]
    assert drops(kernel, *messages)[3] == Drop("inet", "filter", "input", "wan", 10, [("input", 4)], DROP)


def test_back_in_the_base_chain_there_was_no_way(kernel):
    messages = [
        event("input", RULE, JUMP, "wan", handle=4, header=header(3)),
        event("wan", RETURNED, CONTINUE),
        event("input", RULE, DROPS, handle=5),
    ]
    assert drops(kernel, *messages)[3] == Drop("inet", "filter", "input", "input", 5, [], DROP)


def test_a_second_jump_to_the_same_chain_is_another_way(kernel):
    messages = [
        event("input", RULE, JUMP, "wan", handle=4, header=header(3)),
        event("wan", RETURNED, CONTINUE),
        event("input", RULE, JUMP, "wan", handle=5),
        event("wan", RULE, DROPS, handle=9),
    ]
    assert drops(kernel, *messages)[3].way == [("input", 5)]


def test_the_policy_after_a_goto_is_that_of_the_base_chain(kernel):
    messages = [
        event("input", RULE, GOTO, "wan", handle=4, header=header(3)),
        event("wan", RETURNED, CONTINUE),
        event("input", POLICY, DROPS),
    ]
    assert drops(kernel, *messages)[3] == Drop("inet", "filter", "input", "input", None, [], DROP)


def test_of_several_base_chains_the_last_word_counts(kernel):
    messages = [
        event("in", RULE, ACCEPTS, handle=2, table="early", family=NETDEV, header=header(3)),
        event("input", RULE, JUMP, "wan", handle=4, header=header(3)),
        event("wan", RULE, ACCEPTS, handle=5),
        event("input", RULE, JUMP, "wan", handle=6, table="other", header=header(3)),
        event("wan", RULE, DROPS, handle=7, table="other"),
    ]
    assert drops(kernel, *messages)[3] == Drop("inet", "other", "input", "wan", 7, [("input", 6)], DROP)


def test_a_drop_at_the_ingress_is_of_family_netdev(kernel):
    found = drops(kernel, event("in", POLICY, DROPS, table="early", family=NETDEV, header=header(3)))
    assert found[3] == Drop("netdev", "early", "in", "in", None, [], DROP)


@pytest.mark.parametrize("code, said", [(QUEUES, QUEUE), (STEALS, STOLEN)])
def test_verdicts_of_other_programs_end_the_packet_too(kernel, code, said):
    assert drops(kernel, event("input", RULE, code, handle=7, header=header(3)))[3].verdict == said


def test_packets_are_told_apart_by_the_numbers_in_their_headers(kernel):
    messages = [
        event("input", RULE, JUMP, "wan", handle=4, packet=b"aaaa", header=header(3)),
        event("input", RULE, JUMP, "lan", handle=5, packet=b"bbbb", header=header(4, ("2001:db8::7", "2001:db8::1"))),
        event("wan", RULE, DROPS, handle=9, packet=b"aaaa"),
        event("lan", RULE, ACCEPTS, handle=10, packet=b"bbbb"),
        event("input", RULE, DROPS, handle=6, packet=b"aaaa", header=header(5)),  # the kernel uses a number again
    ]
    found = drops(kernel, *messages)
    assert {number: drop.handle for number, drop in found.items()} == {3: 9, 5: 6}


def test_a_packet_without_a_header_is_nobodys(kernel):
    assert drops(kernel, event("input", RULE, DROPS, handle=7)) == {}


def test_other_messages_are_not_read(kernel):
    assert drops(kernel, (10 << 8 | 1, b"\1\0\0\0"), (2, b"")) == {}


def test_messages_that_were_lost_judge_nothing(kernel):
    with pytest.raises(NotRehearsed, match="^the kernel traces more packets than can be read$"):
        drops(kernel, event("input", RULE, ACCEPTS, handle=4, header=header(3)), OSError(105, "No buffer space available"))


def test_the_tracing_rules_are_for_packets_to_be_traced_only():
    assert trace.RULES.count("ip ttl %d " % packets.TRACED) == 2
    ingress = trace.INGRESS.format(chain="arriving2", device="eth0")
    assert 'device "eth0"' in ingress and "{{" not in ingress
