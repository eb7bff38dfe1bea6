# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill -9 anywhere: each file and table is the old or the new one, and whoever comes next ends where he should."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest

from .tours import TOURS
from .walked_host import Found, WalkedHost

Judge = Callable[[str, Found], None]


@pytest.fixture(scope="module")
def kills(walked: dict[str, WalkedHost]) -> dict[str, dict[str, Found]]:
    """What the walks found, by tour and walk; hosts walk side by side, each one walk at a time."""

    def all_of(names: list[str]) -> dict[str, dict[str, Found]]:
        return {
            name: {
                walk: walked[TOURS[name].host].kills(f"{name}, {walk}", **steps)
                for walk, steps in TOURS[name].walks().items()
            }
            for name in names
        }

    by_host = [list(names) for _host, names in groupby(sorted(TOURS, key=_host_of), _host_of)]
    with ThreadPoolExecutor(len(by_host)) as pool:
        return {name: found for part in pool.map(all_of, by_host) for name, found in part.items()}


def _host_of(name: str) -> str:
    return TOURS[name].host


@pytest.mark.parametrize("name, walk", [(name, walk) for name, tour in TOURS.items() for walk in tour.walks()])
def test_no_kill_loses_the_host(name: str, walk: str, kills: dict[str, dict[str, Found]], judge: Judge) -> None:
    """Wherever it was killed."""
    judge(name, kills[name][walk])
