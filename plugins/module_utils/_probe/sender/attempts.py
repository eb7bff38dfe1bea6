# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One attempt of each protocol to get a probe through: what it sends, and what its socket's events mean.

Each step returns the outcome ``(result, detail)`` if it ended the attempt, else None.
"""

import contextlib
import errno
import selectors
import socket

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.icmp_errors import (
    ANSWERED,
    SILENT,
    judge,
    listen_for_messages,
)

LONGEST_PACKET = 2048
BY_A_SERVICE = "by a service, not by our listener"
UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)


class Udp:
    """Asks again and again, for a packet may get lost."""

    events = selectors.EVENT_READ

    def __init__(self, sock, nonce, ends):
        self.socket, self._nonce, self._ends = sock, nonce, ends
        listen_for_messages(sock, ends.family)

    def begin(self):
        if self._ends.destination == probes.BROADCAST:
            return self._broadcast()
        try:
            self.socket.connect((self._ends.destination, self._ends.destination_port))
        except OSError as error:
            return judge(self.socket, error.errno, self._ends)
        return self.again()

    def again(self):
        try:
            self.socket.send(messages.question(self._nonce, self._ends))
        except BlockingIOError:
            return None  # no room: as if the packet had got lost
        except OSError as error:
            return judge(self.socket, error.errno, self._ends)
        return None

    def ready(self):
        try:
            data = self.socket.recv(LONGEST_PACKET)
        except BlockingIOError:
            return None
        except OSError as error:
            return judge(self.socket, error.errno, self._ends)
        if data == messages.answer(self._nonce, self._ends):
            return ANSWERED, ""
        if messages.is_service_reply(data, self._nonce, self._ends):
            return ANSWERED, BY_A_SERVICE
        return None

    def give_up(self):
        return SILENT, ""

    def _broadcast(self):
        """Send once and let go of the port: this socket is not connected, it would take packets from a listener."""
        try:
            target = self._ends.destination, self._ends.destination_port
            self.socket.sendto(messages.question(self._nonce, self._ends), target)
        except OSError as error:
            return judge(self.socket, error.errno, self._ends)
        return SILENT, "a broadcast is not answered"


class Tcp:
    """Connects, and says nothing before it knows that it is our listener who accepted."""

    events = selectors.EVENT_READ | selectors.EVENT_WRITE

    def __init__(self, sock, nonce, ends):
        self.socket, self._nonce, self._ends = sock, nonce, ends
        self._connected = self._asked = False
        listen_for_messages(sock, ends.family)

    def begin(self):
        number = self.socket.connect_ex((self._ends.destination, self._ends.destination_port))
        if number == errno.EADDRNOTAVAIL:
            raise OSError(number, "the two ends have a connection already, or had one a minute ago")
        return None if number in UNDER_WAY + (0,) else judge(self.socket, number, self._ends)

    def again(self):
        return None  # the kernel does

    def ready(self):
        if not self._connected:
            number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                return judge(self.socket, number, self._ends)
            with contextlib.suppress(OSError):  # it has no peer yet
                self.socket.getpeername()
                self._connected, self.events = True, selectors.EVENT_READ
            return None
        try:
            data = self.socket.recv(LONGEST_PACKET)
            if data == messages.answer(self._nonce, self._ends) and not self._asked:
                self.socket.send(messages.question(self._nonce, self._ends))
                self._asked = True
                return None
        except BlockingIOError:
            return None
        except OSError:
            pass  # closed with a reset, as our listener does
        return self.give_up()

    def give_up(self):
        if not self._connected:
            return SILENT, ""
        return ANSWERED, "" if self._asked else BY_A_SERVICE
