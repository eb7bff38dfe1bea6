# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sender: makes its attempts at a steady rate, many at once, and ends each at its time."""

import collections
import errno
import heapq
import itertools
import selectors
import time

from ansible_collections.fleet.ports.plugins.module_utils._probe import port_users, probe_sockets, probes as _probe
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import listening
from ansible_collections.fleet.ports.plugins.module_utils._probe.sender import attempts

ATTEMPTS = {"tcp": attempts.Tcp, "udp": attempts.Udp}
PACKETS = 3
# So many sockets are open at once.
WINDOW = 1024
# A machine that was busy may make up for so many seconds of the rate.
CATCH_UP = 0.05


class Sender:
    """The loop over the attempts of a run; ``ours`` are the places where this host's own listener of the run listens."""

    def __init__(self, nonce, probes, timeout, rate, ours):
        self._nonce = nonce
        self._waiting = collections.deque(probes)
        self._interval = timeout / PACKETS
        self._gap = 1 / rate
        self._ours = ours
        self._selector = selectors.DefaultSelector()
        self._open = {}
        # What is to be done next: (when, number, ends, packets sent so far).
        self._due = []
        self._numbers = itertools.count()
        self.outcomes = {}
        self.obstacles = {}

    def run(self):
        listening.allow_files(WINDOW + listening.SPARE_FILES)
        next_packet = time.monotonic()
        while self._waiting or self._open:
            now = time.monotonic()
            if now >= next_packet and self._send(now):
                next_packet = max(next_packet + self._gap, now - CATCH_UP)
            self._receive(self._next_turn(next_packet))
        self._selector.close()

    def _send(self, now):
        """Do what is due, up to and including one packet; return whether one was sent."""
        while self._due and self._due[0][0] <= now:
            _when, _number, ends, packets = heapq.heappop(self._due)
            attempt = self._open.get(ends)
            if attempt is None:
                continue
            if packets == PACKETS:
                self._end(ends, attempt.give_up())
                continue
            self._plan(now, ends, packets + 1)
            self._settle(ends, attempt.again())
            return True
        if self._waiting and len(self._open) < WINDOW:
            self._begin(now, self._waiting.popleft())
            return True
        return False

    def _receive(self, until):
        for key, _events in self._selector.select(max(0, until - time.monotonic())):
            attempt = self._open.get(key.data)
            if attempt:
                self._settle(key.data, attempt.ready())
                if key.data in self._open and attempt.events != key.events:
                    self._selector.modify(attempt.socket, attempt.events, key.data)

    def _next_turn(self, next_packet):
        if self._waiting and len(self._open) < WINDOW or not self._due:
            return next_packet
        return max(self._due[0][0], next_packet)

    def _begin(self, now, ends):
        try:
            sock = probe_sockets.sending(ends, self._is_ours)
        except OSError as error:
            self.obstacles[ends] = obstacle(error, ends)
            return
        attempt = ATTEMPTS[ends.protocol](sock, self._nonce, ends)
        self._open[ends] = attempt
        self._selector.register(sock, attempt.events, ends)
        try:
            outcome = attempt.begin()
        except OSError as error:
            self.obstacles[ends] = str(error.strerror)
            self._close(ends)
            return
        self._plan(now, ends, 1)
        self._settle(ends, outcome)

    def _is_ours(self, place):
        return place in self._ours or any(ends.origin == place for ends in self._open)

    def _plan(self, now, ends, packets):
        heapq.heappush(self._due, (now + self._interval, next(self._numbers), ends, packets))

    def _settle(self, ends, outcome):
        if outcome:
            self._end(ends, outcome)

    def _end(self, ends, outcome):
        self.outcomes[ends] = outcome
        self._close(ends)

    def _close(self, ends):
        attempt = self._open.pop(ends)
        self._selector.unregister(attempt.socket)
        attempt.socket.close()


def longest(count, timeout, rate):
    """Return how many seconds so many probes take if none is answered."""
    return max(count * PACKETS / rate, count / WINDOW * timeout) + timeout


def obstacle(error, ends):
    """Return why nothing can be sent from the probe's source, as a part of a sentence."""
    if error.errno == errno.EADDRINUSE:
        return f"source port {ends.origin} is {port_users.find(ends.origin)}"
    if ends.source in _probe.UNADDRESSED:
        return "only a host that has no address yet sends without one; probe from an address of this host"
    return listening.refusal(error, ends.origin)
