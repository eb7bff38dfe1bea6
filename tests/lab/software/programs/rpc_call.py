# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call an RPC program from a port of one's own choice, as the source's table has it: from a service's port to its like.

    rpc_call.py udp|tcp SOURCE_PORT ADDRESS PORT PROGRAM VERSION

Calls procedure 0, which every program has and which does nothing (RFC 5531).
"""

import random
import socket
import struct
import sys

CALL, REPLY, NO_CREDENTIALS = 0, 1, (0, 0, 0, 0)
LAST_FRAGMENT = 0x80000000
RETRY = 0.5


def main():
    protocol, source, address, port, program, version = sys.argv[1:]
    xid = random.getrandbits(31)
    call = struct.pack("!10I", xid, CALL, 2, int(program), int(version), 0, *NO_CREDENTIALS)
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM)
    # A service of this host may have the port, too; and closing must not keep it for a minute.
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.bind(("", int(source)))
    one.connect((address, int(port)))
    reply = ask(one, call) if protocol == "udp" else ask_stream(one, call)
    if struct.unpack("!3I", reply[:12]) != (xid, REPLY, 0):
        sys.exit("the call was denied")


def ask(one, call):
    one.settimeout(RETRY)
    while True:
        one.send(call)
        try:
            return one.recv(1500)
        except TimeoutError:
            pass


def ask_stream(one, call):
    one.sendall(struct.pack("!I", LAST_FRAGMENT | len(call)) + call)
    return one.recv(1500)[4:]


if __name__ == "__main__":
    main()
