# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends packets as fast as it can, and prints the nanoseconds that one took in the quickest of some rounds."""

import os
import socket
import sys
import time


def main():
    source, source_port, destination, destination_port, packets, rounds = sys.argv[1:]
    # A packet is judged on the processor that sends it.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, int(source_port)))
        sender.connect((destination, int(destination_port)))
        took = [flood(sender, int(packets)) for _round in range(int(rounds) + 1)]
    print(min(took[1:]) / int(packets))


def flood(sender, packets):
    send = sender.send
    started = time.perf_counter_ns()
    for _packet in range(packets):
        try:
            send(b"packet")
        except ConnectionRefusedError:
            pass
    return time.perf_counter_ns() - started


main()
