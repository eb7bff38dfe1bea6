# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worlds of ``cases/``: each the shape of a packet filter that was seen in public, and what is right on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from .samples import REQUESTS
from .world import Program, World

FOLDER = Path(__file__).parent / "cases"


class Right(NamedTuple):
    """What is right.

    :param outcome: ``opened``, ``refused``, or ``any`` of both as long as packets do what the run says.
    :param enforced: the hooks that are closed, as far as flows are asked for there.
    :param names: what a refusal has to name.
    :param untouched: whether there is nothing to open.
    :param unwritten: files that must stay as they are.
    """

    outcome: str
    enforced: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    untouched: bool = False
    unwritten: tuple[str, ...] = ()


class Case(NamedTuple):
    """A world with its right result."""

    world: World
    right: Right


def cases() -> Iterator[Case]:
    """All of them."""
    for path in sorted(FOLDER.glob("*.yml")):
        yield case(path.stem, yaml.safe_load(path.read_text()))


def case(name: str, data: Mapping) -> Case:
    """The case that a file describes."""
    right = dict(data["right"])
    quarantined = tuple(map(tuple, right.pop("quarantined", ())))
    starts = data["starts"] if "starts" in data else World.starts
    world = World(
        name=name,
        files=data["files"],
        request=REQUESTS[data.get("request", "master")],
        starts=None if starts is None else tuple(starts),
        others=tuple(Program(tuple(each["command"].split()), each["text"]) for each in data.get("others", ())),
        is_gateway=data.get("gateway", False),
        has_firewalld=data.get("firewalld", False),
        quarantined=quarantined,
    )
    return Case(world, Right(**{name: tuple(each) if isinstance(each, list) else each for name, each in right.items()}))
