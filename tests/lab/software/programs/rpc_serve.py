# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand in for RPC daemons where the kernel has none for a container: answer each call with success.

    rpc_serve.py PROGRAM VERSION PORT [PROGRAM VERSION PORT …]

Over both transports, and known to this host's port mapper (RFC 1833); procedure 0 needs no more (RFC 5531).
"""

import selectors
import signal
import socket
import struct
import sys

REPLY, ACCEPTED, SUCCESS = 1, 0, 0
LAST_FRAGMENT = 0x80000000
PATIENCE = 3.0
PORTMAPPER, FORGET, KNOW = (100000, 2), 2, 1
TRANSPORTS = {socket.IPPROTO_UDP: socket.SOCK_DGRAM, socket.IPPROTO_TCP: socket.SOCK_STREAM}


def tell_port_mapper(procedure, *mapping):
    """Make the port mapper know or forget (program, version, transport, port); it listens to reserved ports only."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(PATIENCE)
        one.bind(("127.0.0.1", 600))
        one.sendto(struct.pack("!14I", 1, 0, 2, *PORTMAPPER, procedure, 0, 0, 0, 0, *mapping), ("127.0.0.1", 111))
        one.recv(1500)


def answer(call):
    return call[:4] + struct.pack("!5I", REPLY, ACCEPTED, 0, 0, SUCCESS)


def serve_datagram(one):
    call, caller = one.recvfrom(1500)
    one.sendto(answer(call), caller)


def serve_stream(listener):
    stream, _caller = listener.accept()
    with stream:
        stream.settimeout(PATIENCE)
        try:
            reply = answer(stream.recv(1500)[4:])
            stream.sendall(struct.pack("!I", LAST_FRAGMENT | len(reply)) + reply)
            stream.recv(1)  # until the caller has closed, too
        except OSError:
            pass


def listener(port, kind):
    one = socket.socket(socket.AF_INET, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # The daemon's port is also where its own calls come from.
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(("", port))
    if kind == socket.SOCK_STREAM:
        one.listen()
    return one


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    numbers = iter(map(int, sys.argv[1:]))
    mappings = [
        (program, version, transport, port)
        for program, version, port in zip(numbers, numbers, numbers)
        for transport in TRANSPORTS
    ]
    ready = selectors.DefaultSelector()
    try:
        for mapping in mappings:
            transport, port = mapping[2:]
            serve = serve_stream if transport == socket.IPPROTO_TCP else serve_datagram
            ready.register(listener(port, TRANSPORTS[transport]), selectors.EVENT_READ, serve)
            tell_port_mapper(KNOW, *mapping)
        while True:
            for key, _events in ready.select():
                key.data(key.fileobj)
    finally:
        for mapping in mappings:
            tell_port_mapper(FORGET, *mapping)


if __name__ == "__main__":
    main()
