# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table while it is drawn up: its sets and chains, in an order in which nft reads them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

_VERSIONS = {"ip": (4,), "ip6": (6,), "inet": (4, 6)}
KEYS = {4: "ip", 6: "ip6"}
SET_TYPES = {4: "ipv4_addr", 6: "ipv6_addr"}


@dataclass
class Chain:
    """A chain; a base chain has a declaration."""

    name: str
    lines: list[str]
    declaration: str = ""

    def text(self) -> str:
        """As nft reads it."""
        return "".join(f"\t\t{line}\n" for line in [self.declaration, *self.lines] if line)


@dataclass
class Table:
    """A table."""

    family: str
    name: str
    flags: str = ""
    is_stateless: bool = False
    sets: list[str] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of the Internet protocol that its rules see."""
        return _VERSIONS.get(self.family, (4, 6))

    def add_set(self, stem: str, version: int, elements: Sequence[str], *, flags: str = "") -> str:
        """Add a set of addresses and return its name."""
        name = self._free_name(stem)
        content = f"type {SET_TYPES[version]};" + (f" flags {flags};" if flags else "")
        if elements:
            content += f" elements = {{ {', '.join(elements)} }};"
        self.sets.append(f"\tset {name} {{ {content} }}\n")
        return name

    def add_map(self, stem: str, content: str) -> str:
        """Add a map of verdicts and return its name."""
        name = self._free_name(stem)
        self.sets.append(f"\tmap {name} {{ {content} }}\n")
        return name

    def add_chain(self, stem: str, lines: Sequence[str]) -> str:
        """Add a chain to be called and return its name."""
        name = self._free_name(stem)
        self.chains.append(Chain(name, list(lines)))
        return name

    def add_base_chain(self, hook: str, priority: str, policy: str, lines: Sequence[str], *, kind: str = "filter",
                       device: str = "") -> None:
        """Add a base chain."""
        at = f' device "{device}"' if device else ""
        declaration = f"type {kind} hook {hook}{at} priority {priority}; policy {policy};"
        self.chains.append(Chain(self._free_name(hook), list(lines), declaration))

    def text(self) -> str:
        """As nft reads it: chains before those that call them are declared first."""
        flags = f"\tflags {self.flags}\n" if self.flags else ""
        chains = "".join(f"\tchain {chain.name} {{\n{chain.text()}\t}}\n" for chain in self.chains)
        return f"table {self.family} {self.name} {{\n{flags}{''.join(self.sets)}{chains}}}\n"

    def _free_name(self, stem: str) -> str:
        taken = {chain.name for chain in self.chains}
        taken |= {line.split()[1] for line in self.sets}
        return next(name for name in (stem, *(f"{stem}_{n}" for n in range(2, 100))) if name not in taken)


def some(dice: random.Random, items: Sequence, most: int) -> list:
    """Some of the items, in any order."""
    return dice.sample(items, dice.randint(0, min(most, len(items))))
