# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill -9 anywhere: each file and table is the old or the new one, and whoever comes next ends where he should."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from .tours import TOURS
from .walked_host import Found, WalkedHost

Judge = Callable[[str, Found], None]
WALKS = [
    (name, walk, what)
    for name, tour in TOURS.items()
    for walk in tour.walks()
    for what, walks in (("kills", tour.walks()), ("troubles", tour.troubled), ("holder_kills", tour.holder))
    if walk in walks
]


@pytest.fixture(scope="module")
def found(walked: dict[str, WalkedHost]) -> dict[tuple[str, str, str], Found]:
    """What the walks found; hosts walk side by side, each one walk at a time."""

    def walk_on(host: str) -> dict[tuple[str, str, str], Found]:
        return {
            (name, walk, what): walked[host].walk(what, f"{name}, {walk}", **TOURS[name].walks()[walk])
            for name, walk, what in WALKS
            if TOURS[name].host == host
        }

    with ThreadPoolExecutor(len(walked)) as pool:
        return {key: each for part in pool.map(walk_on, walked) for key, each in part.items()}


@pytest.mark.parametrize("name, walk, what", WALKS)
def test_no_fault_loses_the_host(
    name: str, walk: str, what: str, found: dict[tuple[str, str, str], Found], judge: Judge
) -> None:
    """Wherever it was killed, or failed, or hung."""
    judge(f"{what} of {name}", found[name, walk, what])
