# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listener: it receives questions of probes and answers each once, until its deadline or ``collect``."""

import contextlib
import selectors
import socket
import time

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, probe_sockets, probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening_sockets import MAX_CONNECTIONS

SECONDS_FOR_A_QUESTION = 5
# How long the listener goes on when its results are collected: at most, and without an event on an open connection.
SECONDS_TO_FINISH, SECONDS_WITHOUT_EVENT = 1.0, 0.1
# Packets read from one socket before the others have their turn.
PACKETS_IN_A_ROW = 64


class Listener:
    """The loop over the listening sockets; ``heard`` records what arrives."""

    def __init__(self, nonce, listening, heard):
        self._nonce = nonce
        self._heard = heard
        self._selector = selectors.DefaultSelector()
        # {connection: deadline}, the oldest first.
        self._connections = {}
        for endpoint, sock in listening.sockets.items():
            self._watch(sock, self._accept if endpoint.protocol == "tcp" else self._receive, endpoint)
        for sniffer in listening.sniffers:
            self._watch(sniffer.socket, self._sniff, sniffer)

    def run(self, seconds, collect):
        """Listen for so many seconds, or until the socket ``collect`` gets a connection; return it, else None."""
        end = time.monotonic() + seconds
        self._selector.register(collect, selectors.EVENT_READ)
        while time.monotonic() < end:
            events = self._selector.select(min(1, max(0, end - time.monotonic())))
            self._handle(events, collect)
            if any(key.fileobj is collect for key, _events in events):
                self._handle_what_has_arrived(collect)
                return collect.accept()[0]
            self._drop_late_connections()
        return None

    def _handle(self, events, collect):
        for key, _events in events:
            # An earlier event of this round may have closed this connection, to keep within the maximum.
            if key.fileobj is not collect and key.fileobj.fileno() >= 0:
                work, subject = key.data
                work(key.fileobj, subject)

    def _handle_what_has_arrived(self, collect):
        """Read the questions that were sent by now: a TCP probe is answered before its question is read."""
        self._selector.unregister(collect)
        end = time.monotonic() + SECONDS_TO_FINISH
        events = [None]
        while events and time.monotonic() < end:
            events = self._selector.select(SECONDS_WITHOUT_EVENT if self._connections else 0)
            self._handle(events, collect)

    def close(self):
        for connection in list(self._connections):
            self._drop(connection)
        self._selector.close()

    def _watch(self, sock, work, subject):
        self._selector.register(sock, selectors.EVENT_READ, (work, subject))

    def _receive(self, sock, endpoint):
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _turn in range(PACKETS_IN_A_ROW):
                data, peer = sock.recvfrom(messages.MAX_PACKET_BYTES)
                ends = self._heard.record_question(data, endpoint, *peer[:2])
                # The answer to a broadcast would come from another address than the question went to, and be ignored.
                if ends and endpoint.address != probes.BROADCAST:
                    with contextlib.suppress(OSError):
                        sock.sendto(messages.answer(self._nonce, ends), peer)

    def _sniff(self, _sock, sniffer):
        with contextlib.suppress(BlockingIOError):
            for _turn in range(PACKETS_IN_A_ROW):
                ends, data = sniffer.read()
                if sniffer.protocol == "tcp":
                    self._heard.record_connection_request(ends)
                elif self._heard.expects(ends):
                    self._heard.record_question(data, ends.destination_endpoint, ends.source, ends.source_port)

    def _accept(self, sock, endpoint):
        # The peer may have closed already, or no file may be left: then the peer tries again, or is not heard.
        with contextlib.suppress(OSError):
            connection, peer = sock.accept()
            connection.setblocking(False)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, probe_sockets.RESET_ON_CLOSE)
            ends = probes.Ends("tcp", peer[0], peer[1], endpoint.address, endpoint.port)
            if not self._heard.expects(ends):
                self._heard.strangers += 1
                connection.close()
                return
            if len(self._connections) >= MAX_CONNECTIONS:
                self._drop(next(iter(self._connections)))
            self._connections[connection] = time.monotonic() + SECONDS_FOR_A_QUESTION
            self._watch(connection, self._read, ends)
            connection.send(messages.answer(self._nonce, ends))

    def _read(self, connection, ends):
        data = b""
        with contextlib.suppress(OSError):
            data = connection.recv(messages.QUESTION_LENGTH)
        if data:
            self._heard.record_question(data, ends.destination_endpoint, ends.source, ends.source_port)
        else:
            # On a busy host, the reset at the end of a connection comes before its question is read, which it discards.
            self._heard.record_connection_request(ends)
        self._drop(connection)

    def _drop_late_connections(self):
        now = time.monotonic()
        for connection, deadline in list(self._connections.items()):
            if deadline < now:
                self._drop(connection)

    def _drop(self, connection):
        del self._connections[connection]
        self._selector.unregister(connection)
        connection.close()
