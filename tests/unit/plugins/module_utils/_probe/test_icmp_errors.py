# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error of a socket says: a peer's refusal is told apart from a packet filter's prohibition."""

import errno
import socket
import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import icmp_errors, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

FOUR = Ends("udp", "192.0.2.1", 600, "192.0.2.2", 700)
SIX = Ends("udp", "2001:db8::1", 600, "2001:db8::2", 700)


class Socket:
    """A socket for which the kernel kept an ICMP message, or none."""

    def __init__(self, ends, message=None, sender="", origin=2):
        self.message = None
        if message:
            family = socket.AF_INET6 if ":" in sender else socket.AF_INET
            extended = struct.pack("=IBBBBII", 111, origin, message[0], message[1], 0, 0, 0)
            before = b"\0" * (8 if family == socket.AF_INET6 else 4)
            name = before + socket.inet_pton(family, sender) + b"\0" * 8
            level, option = icmp_errors.RECEIVE_ERRORS[ends.family]
            self.message = (b"", [(level, option, extended + name)], 0, ())

    def recvmsg(self, *_arguments):
        if self.message is None:
            raise BlockingIOError()
        return self.message


@pytest.fixture(autouse=True)
def linux(monkeypatch):
    monkeypatch.setattr(probe_sockets, "LINUX", True)


@pytest.mark.parametrize(
    "ends, message, sender, verdict",
    [
        (FOUR, (3, 3), "192.0.2.2", ("refused", "port unreachable")),
        (FOUR, (3, 3), "192.0.2.254", ("prohibited", "port unreachable, reported by 192.0.2.254")),
        (FOUR, (3, 13), "192.0.2.2", ("prohibited", "communication administratively prohibited, reported by 192.0.2.2")),
        (FOUR, (3, 10), "192.0.2.254", ("prohibited", "host administratively prohibited, reported by 192.0.2.254")),
        (FOUR, (3, 1), "192.0.2.1", ("prohibited", "host unreachable, reported by this host")),
        (FOUR, (11, 0), "192.0.2.254", ("prohibited", "ICMP type 11 code 0, reported by 192.0.2.254")),
        (SIX, (1, 4), "2001:db8::2", ("refused", "port unreachable")),
        (SIX, (1, 1), "2001:db8::2", ("prohibited", "communication administratively prohibited, reported by 2001:db8::2")),
    ],
)
def test_a_message(ends, message, sender, verdict):
    assert icmp_errors.classify(Socket(ends, message, sender), errno.ECONNREFUSED, ends) == verdict


def test_over_tcp_a_port_is_unreachable_by_a_packet_filter_only():
    ends = FOUR._replace(protocol="tcp")
    verdict = icmp_errors.classify(Socket(ends, (3, 3), "192.0.2.2"), errno.ECONNREFUSED, ends)
    assert verdict == ("prohibited", "port unreachable, reported by 192.0.2.2")


@pytest.mark.parametrize(
    "number, verdict",
    [
        (errno.ECONNREFUSED, ("refused", "port unreachable")),
        (errno.ETIMEDOUT, ("silent", "")),
        (errno.EPERM, ("prohibited", "the packet filter of this host drops the outgoing packet")),
        (errno.EHOSTUNREACH, ("prohibited", "No route to host")),
        (errno.ENETUNREACH, ("prohibited", "Network is unreachable")),
    ],
)
def test_without_a_message_the_number_must_do(monkeypatch, number, verdict):
    assert icmp_errors.classify(Socket(FOUR), number, FOUR) == verdict
    monkeypatch.setattr(probe_sockets, "LINUX", False)
    assert icmp_errors.classify(None, number, FOUR) == verdict


def test_a_reset_refuses():
    assert icmp_errors.classify(Socket(FOUR), errno.ECONNREFUSED, FOUR._replace(protocol="tcp")) == (
        "refused", "connection reset",
    )  # fmt: skip


def test_an_error_of_this_host_is_no_message():
    verdict = icmp_errors.classify(Socket(FOUR, (3, 13), "192.0.2.2", origin=1), errno.ECONNREFUSED, FOUR)
    assert verdict == ("refused", "port unreachable")
