# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of a listener: one for each endpoint that is free, a packet sniffer for those that are occupied.

For each endpoint that is not free, either its occupant can serve as the listener (``served``), or it is in the way
(``obstacles``).
"""

import contextlib
import errno
import socket
import time

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, occupants, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.packet_sniffer import PacketSniffer

MAX_CONNECTIONS = 256
SECONDS_FOR_AN_ANSWER = 1


class ListeningSockets:
    """The open sockets of a listener, and the endpoints that it could not open.

    ``sockets``: {endpoint: socket}; ``sniffers``: packet sniffers; ``served`` and ``obstacles``: {endpoint: sentence}.
    """

    def __init__(self, nonce, probes):
        self.sockets = {}
        self.sniffers = []
        self.obstacles = {}
        self.served = {}
        endpoints = sorted({ends.destination_endpoint for ends in probes})
        probe_sockets.allow_open_files(len(endpoints) + MAX_CONNECTIONS + probe_sockets.SPARE_FILES)
        try:
            occupied = {}
            for endpoint in endpoints:
                self._open(endpoint, occupied)
            self._use_occupants(nonce, probes, occupied)
        except BaseException:
            self.close()
            raise

    def close(self):
        for sock in list(self.sockets.values()) + [sniffer.socket for sniffer in self.sniffers]:
            sock.close()

    def _open(self, endpoint, occupied):
        try:
            self.sockets[endpoint] = probe_sockets.listening(endpoint)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                self.obstacles[endpoint] = occupants.refusal(error, endpoint)
                return
            occupant = occupants.find(endpoint)
            if occupant.kind == occupants.PROBE:
                self.obstacles[endpoint] = f"port {endpoint} is {occupant}"
            else:
                occupied[endpoint] = occupant

    def _use_occupants(self, nonce, probes, occupied):
        """Use the occupants of ports: over TCP they accept, over UDP their packets are sniffed, or they answer."""
        self.sniffers = _sniffers({(endpoint.protocol, endpoint.family) for endpoint in occupied})
        sniffed = {(sniffer.protocol, sniffer.family) for sniffer in self.sniffers}
        unheard = {
            endpoint for endpoint in occupied if endpoint.protocol == "udp" and ("udp", endpoint.family) not in sniffed
        }
        useless = unheard - _answering_services(nonce, probes, unheard)
        for endpoint, occupant in occupied.items():
            if endpoint in useless:
                self.obstacles[endpoint] = (
                    f"port {endpoint} is {occupant}, which does not answer probes; stop it and probe again"
                )
            else:
                self.served[endpoint] = f"port {endpoint} is {occupant}"


def _sniffers(kinds):
    """Open a sniffer for each ``(protocol, family)``; in a container, root may not be permitted to."""
    sniffers = []
    if probe_sockets.LINUX:
        for kind in sorted(kinds):
            with contextlib.suppress(PermissionError):
                sniffers.append(PacketSniffer(*kind))
    return sniffers


def _answering_services(nonce, probes, endpoints):
    """Return those of the endpoints whose service answers a question, as an RPC service does."""
    asked = {}
    for ends in probes:
        if ends.destination_endpoint in endpoints and ends.destination_endpoint not in asked:
            asked[ends.destination_endpoint] = _ask(nonce, ends), ends
    if asked:
        time.sleep(SECONDS_FOR_AN_ANSWER)
    return {endpoint for endpoint, (sock, ends) in asked.items() if _has_answered(sock, nonce, ends)}


def _ask(nonce, ends):
    sock = socket.socket(ends.family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    with contextlib.suppress(OSError):  # a question that cannot be sent is not answered
        sock.connect((ends.destination, ends.destination_port))
        sock.send(messages.question(nonce, ends))
    return sock


def _has_answered(sock, nonce, ends):
    with sock:
        try:
            return messages.is_service_reply(sock.recv(messages.MAX_PACKET_BYTES), nonce, ends)
        except OSError:
            return False
