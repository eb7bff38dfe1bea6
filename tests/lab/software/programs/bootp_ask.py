# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot as firmware does: ask by BOOTP for an address and a boot image, and wait for the reply.

A firmware that has no address broadcasts from 0.0.0.0, which no socket does: that frame is made by hand. The reply is
awaited at a plain UDP socket, behind the packet filter of this host (a packet socket, as dhclient has, is before it).
"""

import argparse
import random
import socket
import struct
import sys
import time

CLIENT, SERVER = 68, 67
BROADCAST = "255.255.255.255"
INTERVAL = 0.4


def request(xid, hardware, known_address, wants_broadcast):
    """A BOOTREQUEST (RFC 951), with the cookie of RFC 1497 and no option."""
    fixed = struct.pack(
        "!BBBBIHH4s12x16s192x", 1, 1, 6, 0, xid, 0, 0x8000 * wants_broadcast, socket.inet_aton(known_address), hardware
    )
    return fixed + bytes((99, 130, 83, 99, 255)) + bytes(59)


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def frame(hardware, payload):
    """An Ethernet broadcast of a datagram from 0.0.0.0:68 to 255.255.255.255:67, without a UDP checksum."""
    datagram = struct.pack("!4H", CLIENT, SERVER, 8 + len(payload), 0) + payload
    fields = (0x45, 0, 20 + len(datagram), 0, 0, 64, socket.IPPROTO_UDP)
    addresses = bytes(4) + socket.inet_aton(BROADCAST)
    sum_ = checksum(struct.pack("!BBHHHBBH", *fields, 0) + addresses)
    return b"\xff" * 6 + hardware + b"\x08\x00" + struct.pack("!BBHHHBBH", *fields, sum_) + addresses + datagram


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--patience", type=float, required=True)
    parser.add_argument("--interface", required=True)
    parser.add_argument("--hardware", required=True, help="who asks")
    parser.add_argument("--expect", required=True, help="the address that the reply gives")
    parser.add_argument("--known-address", default="0.0.0.0", help="the address that the firmware was told")
    parser.add_argument("--wants-broadcast", action="store_true")
    parser.add_argument("--server", help="ask this address, instead of everyone")
    options = parser.parse_args()

    xid = random.getrandbits(32)
    hardware = bytes.fromhex(options.hardware.replace(":", ""))
    payload = request(xid, hardware, options.known_address, options.wants_broadcast)
    replies = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    replies.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    replies.bind(("", CLIENT))
    replies.settimeout(INTERVAL)
    frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    frames.bind((options.interface, 0))
    end = time.monotonic() + options.patience
    while time.monotonic() < end:
        if options.server:
            replies.sendto(payload, (options.server, SERVER))
        else:
            frames.send(frame(hardware, payload))
        try:
            heard = replies.recv(1500)
        except TimeoutError:
            continue
        if heard[0] == 2 and struct.unpack("!I", heard[4:8])[0] == xid:
            given = socket.inet_ntoa(heard[16:20])
            sys.exit(None if given == options.expect else f"was given {given}")
    sys.exit("no reply")


if __name__ == "__main__":
    main()
