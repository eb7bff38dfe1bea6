# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sender: it makes its attempts at a steady rate, many at once, and ends each at its deadline."""

import collections
import errno
import heapq
import itertools
import selectors
import time

from ansible_collections.fleet.ports.plugins.module_utils._probe import occupants, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import UNSPECIFIED
from ansible_collections.fleet.ports.plugins.module_utils._probe.sender import attempts

ATTEMPTS = {"tcp": attempts.Tcp, "udp": attempts.Udp}
PACKETS = 3
# The number of sockets that are open at once.
WINDOW = 1024
# After a delay, packets of so many seconds may be sent at once.
CATCH_UP = 0.05


class Sender:
    """The loop over the attempts of a run.

    ``listener_endpoints``: the endpoints on which the listener of the same run listens on this host, if there is one.
    ``outcomes``: {ends: (result, detail)}; ``obstacles``: {ends: why the probe could not be sent}.
    """

    def __init__(self, nonce, probes, timeout, rate, listener_endpoints):
        self._nonce = nonce
        self._waiting = collections.deque(probes)
        self._interval = timeout / PACKETS
        self._gap = 1 / rate
        self._listener_endpoints = listener_endpoints
        self._selector = selectors.DefaultSelector()
        self._open = {}
        # A heap of what to do next: (time, number, ends, packets sent so far).
        self._due = []
        self._numbers = itertools.count()
        self.outcomes = {}
        self.obstacles = {}

    def run(self):
        probe_sockets.allow_open_files(WINDOW + probe_sockets.SPARE_FILES)
        next_packet = time.monotonic()
        while self._waiting or self._open:
            now = time.monotonic()
            if now >= next_packet and self._send(now):
                next_packet = max(next_packet + self._gap, now - CATCH_UP)
            self._receive(self._next_turn(next_packet))
        self._selector.close()

    def _send(self, now):
        """Do what is due until one packet is sent; return whether one was sent."""
        while self._due and self._due[0][0] <= now:
            _when, _number, ends, packets = heapq.heappop(self._due)
            attempt = self._open.get(ends)
            if attempt is None:
                continue
            if packets == PACKETS:
                self._finish(ends, attempt.on_timeout())
                continue
            self._plan(now, ends, packets + 1)
            self._finish(ends, attempt.retry())
            return True
        if self._waiting and len(self._open) < WINDOW:
            self._begin(now, self._waiting.popleft())
            return True
        return False

    def _receive(self, until):
        for key, _events in self._selector.select(max(0, until - time.monotonic())):
            attempt = self._open.get(key.data)
            if attempt:
                self._finish(key.data, attempt.on_event())
                if key.data in self._open and attempt.events != key.events:
                    self._selector.modify(attempt.socket, attempt.events, key.data)

    def _next_turn(self, next_packet):
        if self._waiting and len(self._open) < WINDOW or not self._due:
            return next_packet
        return max(self._due[0][0], next_packet)

    def _begin(self, now, ends):
        try:
            sock = probe_sockets.sending(ends, self._is_probed)
        except OSError as error:
            self.obstacles[ends] = _obstacle(error, ends)
            return
        attempt = ATTEMPTS[ends.protocol](sock, self._nonce, ends)
        self._open[ends] = attempt
        self._selector.register(sock, attempt.events, ends)
        try:
            outcome = attempt.start()
        except OSError as error:
            self.obstacles[ends] = str(error.strerror)
            self._close(ends)
            return
        self._plan(now, ends, 1)
        self._finish(ends, outcome)

    def _is_probed(self, endpoint):
        return endpoint in self._listener_endpoints or any(ends.source_endpoint == endpoint for ends in self._open)

    def _plan(self, now, ends, packets):
        heapq.heappush(self._due, (now + self._interval, next(self._numbers), ends, packets))

    def _finish(self, ends, outcome):
        """End the attempt if it has an outcome."""
        if outcome:
            self.outcomes[ends] = outcome
            self._close(ends)

    def _close(self, ends):
        attempt = self._open.pop(ends)
        self._selector.unregister(attempt.socket)
        attempt.socket.close()


def longest(count, timeout, rate):
    """Return how many seconds ``count`` probes take if none is answered."""
    return max(count * PACKETS / rate, count / WINDOW * timeout) + timeout


def _obstacle(error, ends):
    """Return, as a part of a sentence, why the probe cannot be sent from its source."""
    if error.errno == errno.EADDRINUSE:
        return f"source port {ends.source_endpoint} is {occupants.find(ends.source_endpoint)}"
    if ends.source in UNSPECIFIED:
        return "a host with an address cannot send from the unspecified address; probe from an address of this host"
    return occupants.refusal(error, ends.source_endpoint)
