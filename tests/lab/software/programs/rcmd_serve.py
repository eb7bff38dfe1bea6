# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answer rcmd() as nimsh and nimesis do: stdout on the caller's connection, stderr on a second one back to the caller.

    rcmd_serve.py PORT BACK

BACK is where the second connection comes from: 3902 (nimsh), or the highest free one of 513-1023 (nimesis).
"""

import contextlib
import socket
import socketserver
import struct
import sys

# Shorter than what lies between two tries of a test: port 3902 is then free again.
PATIENCE = 3.0


def second_connection(address, port, back):
    """Connect back to the caller, from the highest port of a range that is free."""
    lowest, _dash, highest = back.partition("-")
    for own_port in range(int(highest or lowest), int(lowest) - 1, -1):
        one = socket.socket()
        one.settimeout(PATIENCE)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(own_port == 3902))
        try:
            one.bind(("", own_port))
        except OSError:
            one.close()
            continue
        one.connect((address, port))
        return one
    raise OSError(f"no port of {back} is free")


class Handler(socketserver.StreamRequestHandler):
    timeout = PATIENCE

    def handle(self):
        with contextlib.suppress(OSError), second_connection(
            self.client_address[0], int(self.word()), sys.argv[2]
        ) as errors:
            self.wfile.write(b"\0" + self.word() + b" is fine\n")
            errors.sendall(b"a warning\n")
            for one in (self.connection, errors):
                one.shutdown(socket.SHUT_WR)
            errors.recv(1)  # until the caller has closed, too

    def word(self):
        """What the caller says, up to a zero byte."""
        said = bytearray()
        while not said.endswith(b"\0"):
            said += self.connection.recv(1) or b"\0"
        return bytes(said[:-1])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("", int(sys.argv[1])), Handler).serve_forever()
