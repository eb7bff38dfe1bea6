# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pictures for the documentation: the page of a small fleet, and one of its hosts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import fleets
from .reader import Reader, chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTH, SCALE = 1200, 1
# File, colour scheme, what the link says, and the elements from the first of which to the last the picture goes.
PICTURES = (
    ("page.png", "light", "", "header", "#who .hosts"),
    ("flows.png", "light", "", "#talk", "#talk .diagram"),
    ("host.png", "dark", "host=lpar0002&initiates=yes&phase=boot,shell", "#matrix h2", "#rows tbody tr:nth-child(4)"),
)
MARGIN = 20


def main() -> None:
    """Create each picture and print its path."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        file = Path(name) / "fleet.html"
        file.write_text(dict(fleets.of_size(8))["fleet.html"], encoding="utf-8")
        for picture, scheme, words, first, last in PICTURES:
            page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme=scheme,
                                    reduced_motion="reduce", device_scale_factor=SCALE)
            reading = Reader(page, file).open(words)
            top = reading.page.locator(first).bounding_box()["y"] + reading.page.evaluate("scrollY")
            box = reading.page.locator(last).bounding_box()
            bottom = box["y"] + box["height"] + reading.page.evaluate("scrollY")
            top = max(0, top - MARGIN)
            page.screenshot(path=FOLDER / picture, full_page=True,
                            clip={"x": 0, "y": top, "width": WIDTH, "height": bottom + MARGIN - top})
            print(FOLDER / picture)


if __name__ == "__main__":
    main()
