# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host can listen with: a socket for each place that is free, an ear for those that somebody has.

Of each place that is not free it is found out whether its owner can be used as the listener (``served``), or what is in
the way (``obstacles``).
"""

import contextlib
import errno
import resource
import socket
import time

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, port_users, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.sniffer import Ear

# Connections that may be open at once, and files that a Python process has open besides.
CONNECTIONS = 256
SPARE_FILES = 64
SECONDS_FOR_AN_ANSWER = 1
LONGEST_ANSWER = 2048


class Stage:
    """The open sockets of a listener, and what it could not open."""

    def __init__(self, nonce, probes):
        self.sockets = {}
        self.ears = []
        self.obstacles = {}
        self.served = {}
        places = sorted({ends.here for ends in probes})
        allow_files(len(places) + CONNECTIONS + SPARE_FILES)
        try:
            occupied = {}
            for place in places:
                self._open(place, occupied)
            self._use(nonce, probes, occupied)
        except BaseException:
            self.close()
            raise

    def close(self):
        for sock in list(self.sockets.values()) + [ear.socket for ear in self.ears]:
            sock.close()

    def _open(self, place, occupied):
        try:
            self.sockets[place] = probe_sockets.listening(place)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                self.obstacles[place] = refusal(error, place)
                return
            occupant = port_users.find(place)
            if occupant.kind == port_users.PROBE:
                self.obstacles[place] = f"port {place} is {occupant}"
            else:
                occupied[place] = occupant

    def _use(self, nonce, probes, occupied):
        """Use who has a port: over TCP its answer to a connection, over UDP what we hear beside it, or its answer."""
        self.ears = _ears({(place.protocol, place.family) for place in occupied})
        heard = {(ear.protocol, ear.family) for ear in self.ears}
        unheard = {place for place in occupied if place.protocol == "udp" and ("udp", place.family) not in heard}
        useless = unheard - _answering(nonce, probes, unheard)
        for place, occupant in occupied.items():
            if place in useless:
                self.obstacles[place] = f"port {place} is {occupant}, which answers no probe; stop it and probe again"
            else:
                self.served[place] = f"port {place} is {occupant}"


def _ears(kinds):
    """Open an ear for each kind of place; a system that has none to give, as a container may, has deaf spots."""
    ears = []
    if probe_sockets.LINUX:
        for kind in sorted(kinds):
            with contextlib.suppress(PermissionError):
                ears.append(Ear(*kind))
    return ears


def allow_files(count):
    """Raise this process's limit of open files, as far as the host lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise HostError(
                f"These probes take {count} open files at once, and this host allows a process {hard};"
                " probe in smaller batches."
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def refusal(error, place):
    """Return why the system lets nobody use the place, as an obstacle."""
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return f"{place.address} is not an address of this host"
    return f"port {place} of {place.address} can't be used here: {reason(error)}"


def _answering(nonce, probes, places):
    """Return those of the places whose service answers our question: an RPC service does."""
    asked = {}
    for ends in probes:
        if ends.here in places and ends.here not in asked:
            asked[ends.here] = _ask(nonce, ends), ends
    if asked:
        time.sleep(SECONDS_FOR_AN_ANSWER)
    return {place for place, (sock, ends) in asked.items() if _has_answered(sock, nonce, ends)}


def _ask(nonce, ends):
    sock = socket.socket(ends.family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    with contextlib.suppress(OSError):  # then it does not answer either
        sock.connect((ends.destination, ends.destination_port))
        sock.send(messages.question(nonce, ends))
    return sock


def _has_answered(sock, nonce, ends):
    with sock:
        try:
            return messages.is_service_reply(sock.recv(LONGEST_ANSWER), nonce, ends)
        except OSError:
            return False
