# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All packets between two ports as a set of few: one bit stands for all those that no box and no rule tells apart."""

LOWEST, HIGHEST = 0, 65535

ANY = ("any", 0)


def matches(comparison, port):
    """Return whether a port satisfies an ``(operator, port)``."""
    operator, number = comparison
    return {
        "any": True, "eq": port == number, "neq": port != number,
        "lt": port < number, "le": port <= number, "gt": port > number, "ge": port >= number,
    }[operator]  # fmt: skip


def without_ack(protocol):
    """Return the protocol that takes in all packets of this one."""
    return protocol.partition("/")[0]


class Grid:
    """The packets that the given boxes tell apart: with and without ACK, by source, by destination."""

    def __init__(self, boxes):
        self.sources = _landmarks(box.source for box in boxes)
        self.destinations = _landmarks(box.destination for box in boxes)
        self.everything = self.matching("", ANY, ANY)

    def matching(self, protocol, source, destination):
        """Return the packets for which a rule holds."""
        return self._packets(
            protocol,
            [matches(source, port) for port in self.sources],
            [matches(destination, port) for port in self.destinations],
        )

    def inside(self, box):
        """Return the packets of a box."""
        return self._packets(
            box.protocol,
            [box.source[0] <= port <= box.source[1] for port in self.sources],
            [box.destination[0] <= port <= box.destination[1] for port in self.destinations],
        )

    @staticmethod
    def comparisons(ports):
        """Return the comparisons that pick out whole stretches between landmarks."""
        alone = [port for port, following in zip(ports, ports[1:] + [HIGHEST + 1]) if following == port + 1]
        return [ANY] + [("eq", port) for port in alone] + [(name, port) for port in ports[1:] for name in ("ge", "lt")]

    def _packets(self, protocol, of_sources, of_destinations):
        row = _bits(of_destinations, 1)
        plane = _bits([row if is_in else 0 for is_in in of_sources], len(of_destinations))
        return _bits([0 if protocol.endswith("/ack") else plane, plane], len(of_sources) * len(of_destinations))


def _landmarks(ranges):
    """Return the first port of each stretch that no end of a range divides."""
    ports = {LOWEST}
    for first, last in ranges:
        ports.update(port for port in (first, last + 1) if port <= HIGHEST)
    return sorted(ports)


def _bits(parts, width):
    whole = 0
    for part in parts:
        whole = whole << width | part
    return whole
