# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One attempt per protocol to deliver a probe: what it sends, and what the events of its socket mean.

Each method returns the outcome ``(result, detail)`` if it ends the attempt, else None.
"""

import contextlib
import errno
import selectors
import socket

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.icmp_errors import (
    ANSWERED,
    SILENT,
    classify,
    keep_icmp_messages,
)

BY_A_SERVICE = "by a service, not by the listener"
IN_PROGRESS = (errno.EINPROGRESS, errno.EWOULDBLOCK)


class Udp:
    """Repeats its question, because a packet may get lost."""

    events = selectors.EVENT_READ

    def __init__(self, sock, nonce, ends):
        self.socket, self._nonce, self._ends = sock, nonce, ends
        keep_icmp_messages(sock, ends.family)

    def start(self):
        if self._ends.destination == probes.BROADCAST:
            return self._broadcast()
        try:
            self.socket.connect((self._ends.destination, self._ends.destination_port))
        except OSError as error:
            return classify(self.socket, error.errno, self._ends)
        return self.retry()

    def retry(self):
        try:
            self.socket.send(messages.question(self._nonce, self._ends))
        except BlockingIOError:
            return None  # the send buffer is full: as if the packet had got lost
        except OSError as error:
            return classify(self.socket, error.errno, self._ends)
        return None

    def on_event(self):
        try:
            data = self.socket.recv(messages.MAX_PACKET_BYTES)
        except BlockingIOError:
            return None
        except OSError as error:
            return classify(self.socket, error.errno, self._ends)
        if data == messages.answer(self._nonce, self._ends):
            return ANSWERED, ""
        if messages.is_service_reply(data, self._nonce, self._ends):
            return ANSWERED, BY_A_SERVICE
        return None

    def on_timeout(self):
        return SILENT, ""

    def _broadcast(self):
        """Send once and end: this socket is not connected, so it would take packets from a listener at its port."""
        try:
            target = self._ends.destination, self._ends.destination_port
            self.socket.sendto(messages.question(self._nonce, self._ends), target)
        except OSError as error:
            return classify(self.socket, error.errno, self._ends)
        return SILENT, "a broadcast is not answered"


class Tcp:
    """Connects, and sends nothing until the answer proves that the listener of the run accepted."""

    events = selectors.EVENT_READ | selectors.EVENT_WRITE

    def __init__(self, sock, nonce, ends):
        self.socket, self._nonce, self._ends = sock, nonce, ends
        self._connected = self._asked = False
        keep_icmp_messages(sock, ends.family)

    def start(self):
        number = self.socket.connect_ex((self._ends.destination, self._ends.destination_port))
        if number == errno.EADDRNOTAVAIL:
            raise OSError(number, "the two ends have a connection, or had one within the last minute")
        return None if number in IN_PROGRESS + (0,) else classify(self.socket, number, self._ends)

    def retry(self):
        return None  # the kernel repeats its request

    def on_event(self):
        if not self._connected:
            number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                return classify(self.socket, number, self._ends)
            with contextlib.suppress(OSError):  # not connected yet
                self.socket.getpeername()
                self._connected, self.events = True, selectors.EVENT_READ
            return None
        try:
            data = self.socket.recv(messages.MAX_PACKET_BYTES)
            if data == messages.answer(self._nonce, self._ends) and not self._asked:
                self.socket.send(messages.question(self._nonce, self._ends))
                self._asked = True
                return None
        except BlockingIOError:
            return None
        except OSError:
            pass  # closed with a reset, as the listener does
        return self.on_timeout()

    def on_timeout(self):
        if not self._connected:
            return SILENT, ""
        return ANSWERED, "" if self._asked else BY_A_SERVICE
