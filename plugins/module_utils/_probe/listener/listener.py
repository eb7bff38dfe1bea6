# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listener: hears the questions of its probes and answers each once, until its time is up or it is collected."""

import contextlib
import selectors
import socket
import time

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, probe_sockets, probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import listening

LONGEST_PACKET = 2048
SECONDS_FOR_A_QUESTION = 5
# Of one socket, before the others get their turn.
PACKETS_IN_A_ROW = 64


class Listener:
    """The loop over a stage's sockets."""

    def __init__(self, nonce, stage, findings):
        self._nonce = nonce
        self._findings = findings
        self._selector = selectors.DefaultSelector()
        # {connection: until when}, the oldest first.
        self._connections = {}
        for place, sock in stage.sockets.items():
            self._watch(sock, self._accept if place.protocol == "tcp" else self._receive, place)
        for ear in stage.ears:
            self._watch(ear.socket, self._overhear, ear)

    def run(self, seconds, collect):
        """Listen until the time is up or somebody connects to the socket ``collect``; return that connection or None."""
        end = time.monotonic() + seconds
        self._selector.register(collect, selectors.EVENT_READ)
        while time.monotonic() < end:
            for key, _events in self._selector.select(min(1, max(0, end - time.monotonic()))):
                if key.fileobj is collect:
                    return collect.accept()[0]
                if key.fileobj.fileno() < 0:
                    continue  # another's event has made this one's connection the one too many
                work, subject = key.data
                work(key.fileobj, subject)
            self._drop_late_ones()
        return None

    def close(self):
        for connection in list(self._connections):
            self._drop(connection)
        self._selector.close()

    def _watch(self, sock, work, subject):
        self._selector.register(sock, selectors.EVENT_READ, (work, subject))

    def _receive(self, sock, place):
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _turn in range(PACKETS_IN_A_ROW):
                data, peer = sock.recvfrom(LONGEST_PACKET)
                ends = self._findings.question(data, place, *peer[:2])
                # An answer to a broadcast would come from another address than was asked: nobody waits for it.
                if ends and place.address != probes.BROADCAST:
                    with contextlib.suppress(OSError):
                        sock.sendto(messages.answer(self._nonce, ends), peer)

    def _overhear(self, _sock, ear):
        with contextlib.suppress(BlockingIOError):
            for _turn in range(PACKETS_IN_A_ROW):
                packet = ear.hear()
                if ear.protocol == "tcp":
                    self._findings.request(packet.ends)
                elif self._findings.expects(packet.ends):
                    self._findings.question(packet.data, packet.ends.here, packet.ends.source, packet.ends.source_port)

    def _accept(self, sock, place):
        # Whoever connected may have gone again, or no file may be left: then it asks once more, or is not heard.
        with contextlib.suppress(OSError):
            connection, peer = sock.accept()
            connection.setblocking(False)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, probe_sockets.RESET_ON_CLOSE)
            ends = probes.Ends("tcp", peer[0], peer[1], place.address, place.port)
            if not self._findings.expects(ends):
                self._findings.strangers += 1
                connection.close()
                return
            if len(self._connections) >= listening.CONNECTIONS:
                self._drop(next(iter(self._connections)))
            self._connections[connection] = time.monotonic() + SECONDS_FOR_A_QUESTION
            self._watch(connection, self._read, place)
            connection.send(messages.answer(self._nonce, ends))

    def _read(self, connection, place):
        with contextlib.suppress(OSError):
            data = connection.recv(messages.QUESTION_LENGTH)
            if data:
                self._findings.question(data, place, *connection.getpeername()[:2])
        self._drop(connection)

    def _drop_late_ones(self):
        now = time.monotonic()
        for connection, until in list(self._connections.items()):
            if until < now:
                self._drop(connection)

    def _drop(self, connection):
        del self._connections[connection]
        self._selector.unregister(connection)
        connection.close()
