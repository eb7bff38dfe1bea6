# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access lists of Cisco, read line by line like ASA and IOS do, including the port names of the ASA."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .regions import Region, regions

# From Cisco's "CLI Book 2: ASA Firewall, Protocols and Ports", as far as they are within reach here.
ASA_PORTS = {
    "tcp": {"exec": 512, "login": 513, "rsh": 514, "cmd": 514, "lpd": 515, "talk": 517, "sunrpc": 111, "nfs": 2049},
    "udp": {"bootps": 67, "bootpc": 68, "tftp": 69, "biff": 512, "who": 513, "syslog": 514, "talk": 517, "sunrpc": 111,
            "nfs": 2049},
}  # fmt: skip


def asa(text: str) -> Iterator[Region]:
    """The packets that ``access-list NAME extended permit …`` permits; all other lines must be comments."""
    for line in _lines(text):
        words = line.split()
        if words[0] == "clear" or words[2] == "remark":
            continue
        assert words[0] == "access-list" and words[2:4] == ["extended", "permit"], line
        yield from _rule(words[4:], str, lambda protocol, port: ASA_PORTS[protocol].get(port, port))


def ios(text: str) -> Iterator[Region]:
    """The packets that ``permit …`` permits in an access list."""
    for line in _lines(text):
        words = line.split()
        if words[0] == "permit":
            yield from _rule(words[1:], _mask_of_wildcard, lambda _protocol, port: port)
        else:
            assert words[0] in ("!", "no", "ip", "ipv6", "remark", "exit"), line


def access_lists(text: str) -> list[str]:
    """The names of the access lists of an IOS file, each with its kind."""
    return [line for line in _lines(text) if line.startswith(("ip access-list", "ipv6 access-list"))]


def _lines(text: str) -> Iterable[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _rule(words: list[str], mask_of: Callable, port_of: Callable) -> Iterable[Region]:
    protocol, *words = words
    source, words = _address(words, mask_of)
    source_ports, words = _ports(words, protocol, port_of)
    destination, words = _address(words, mask_of)
    destination_ports, words = _ports(words, protocol, port_of)
    assert words in ([], ["established"]), words
    kind = f"{protocol}/established" if words else protocol
    return regions(kind, [source], [source_ports], [destination], [destination_ports])


def _mask_of_wildcard(wildcard: str) -> str:
    return ".".join(str(255 - int(part)) for part in wildcard.split("."))


def _address(words: list[str], mask_of: Callable) -> tuple[str, list[str]]:
    if words[0] == "host":
        return words[1], words[2:]
    if ":" in words[0]:
        return words[0], words[1:]
    return f"{words[0]}/{mask_of(words[1])}", words[2:]


def _ports(words: list[str], protocol: str, port_of: Callable) -> tuple[str, list[str]]:
    if words[0] == "eq":
        return str(port_of(protocol, words[1])), words[2:]
    assert words[0] == "range", words
    return f"{port_of(protocol, words[1])}-{port_of(protocol, words[2])}", words[3:]
