# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: pages of fleets, written once, and a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from . import fleets
from .reader import WIDE, Reader, chromium

FLEETS = {
    "small": lambda: fleets.of_size(5),
    "large": lambda: fleets.of_size(2000),
    "full": fleets.full,
    "hostile": fleets.hostile,
    "silent": fleets.silent,
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(name="reports", scope="session")
def fixture_reports(tmp_path_factory) -> Callable[[str], Path]:
    """The folder with the reports of a fleet; of the large fleet, only the reports on the whole fleet."""
    folders: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            for file, text in FLEETS[name]():
                if file.startswith("hosts/") and name == "large":
                    break
                path = folders[name] / file
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return folders[name]

    return folder


@pytest.fixture(name="reader")
def fixture_reader(browser, reports) -> Iterator[Callable[..., Reader]]:
    """A reader who opens the page of a fleet; at the end, the page must have reported no error and loaded nothing."""
    readers: list[Reader] = []

    def read(fleet: str, viewport: dict | None = None, words: str = "", **settings) -> Reader:
        context = browser.new_context(viewport=viewport or WIDE, reduced_motion="reduce", **settings)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(20000)
        readers.append(Reader(context.new_page(), reports(fleet) / "fleet.html"))
        return readers[-1].open(words)

    yield read
    for reader in readers:
        reader.page.context.close()
    assert [complaint for reader in readers for complaint in reader.complaints] == []


@pytest.fixture(scope="session")
def plan(reports) -> Callable[[str], dict]:
    """The plan of a host of the small fleet."""
    return lambda host: json.loads((reports("small") / "hosts" / f"{host}.json").read_text(encoding="utf-8"))
