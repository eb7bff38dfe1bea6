# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call rcmd() as the source tells it: from a reserved port, with a second reserved port to which stderr comes back.

    rcmd_call.py ADDRESS PORT BACK

BACK is where the server's second connection has to come from, such as 3902 (nimsh) or 513-1023 (rsh, nimesis). The
program succeeds if both of its streams arrive.
"""

import socket
import struct
import sys

HIGHEST, LOWEST = 1023, 513


def reserved_socket(highest):
    """A socket on the highest free port of the range, as rresvport() finds it."""
    for port in range(highest, LOWEST - 1, -1):
        one = socket.socket()
        # Closing ends the connection at once: no port is out of use for a minute after.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            one.bind(("", port))
        except OSError:
            one.close()
            continue
        return one, port
    raise OSError("all reserved ports are in use")


def rest_of(one):
    """All that the other end says until it is done."""
    return b"".join(iter(lambda: one.recv(4096), b""))


def main():
    address, port, back = sys.argv[1:]
    lowest, _dash, highest = back.partition("-")
    call, own_port = reserved_socket(HIGHEST)
    errors, errors_port = reserved_socket(own_port - 1)
    errors.listen(1)
    call.connect((address, int(port)))
    call.sendall(b"%d\0" % errors_port)
    second, (_peer, from_port) = errors.accept()
    if not int(lowest) <= from_port <= int(highest or lowest):
        sys.exit(f"stderr comes from port {from_port}")
    call.sendall(b"status\0")
    said = rest_of(call), rest_of(second)
    if said != (b"\0status is fine\n", b"a warning\n"):
        sys.exit(f"heard {said}")


if __name__ == "__main__":
    main()
