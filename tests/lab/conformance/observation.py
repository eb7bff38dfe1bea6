# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets sent in one direction, at a bounded rate, and which of them was seen where.

The network is in this machine's kernel, so a packet is there or gone within microseconds; all waits are short. What is
due is sent again if a busy machine lost it; what is not due has but one chance to slip through, before the due ones.
"""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from .packets import Packet, Ports
from .senders import Sender

_AT_ONCE, _PAUSE = 64, 0.002
_ATTEMPTS, _PATIENCE, _AFTERWARDS = 3, 0.4, 0.05


class Witness(Protocol):
    """Sees marked packets arrive at one place."""

    def read(self, mark: int) -> set[Ports]:
        """What has arrived since the last time and bears the mark."""


def observe(
    sender: Sender,
    packets: Sequence[Packet],
    witnesses: Mapping[str, Witness],
    due: Mapping[str, Collection[Ports]],
) -> dict[str, set[Ports]]:
    """Send packets, wait until each witness saw what is due at its place, and return what each one saw."""
    mark = random.SystemRandom().getrandbits(32)
    seen: dict[str, set[Ports]] = {place: set() for place in witnesses}

    def look() -> None:
        for place, witness in witnesses.items():
            seen[place] |= witness.read(mark)

    def missing() -> set[Ports]:
        return {ports for place, wanted in due.items() for ports in wanted if ports not in seen[place]}

    sent = packets
    for _attempt in range(_ATTEMPTS):
        for start in range(0, len(sent), _AT_ONCE):
            for packet in sent[start : start + _AT_ONCE]:
                sender.send(packet, mark)
            time.sleep(_PAUSE)
            look()
        deadline = time.monotonic() + _PATIENCE
        while missing() and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            look()
        lost = missing()
        if not lost:
            break
        sent = [packet for packet in packets if packet.ports in lost]
    if any(packet.ports not in wanted for wanted in due.values() for packet in packets):
        time.sleep(_AFTERWARDS)
        look()
    return seen
