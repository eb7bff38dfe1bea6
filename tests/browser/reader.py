# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Debian's Chromium without a window, and the actions of a reader in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 800}

_FONTS = Path(__file__).with_name("fonts.conf")

# A promise is not waited for where it is made, but where it is asked for.
_AWAIT_ROWS = """() => {
  window.followed = new Promise((done) => addEventListener("hashchange", () => setTimeout(done), { once: true }));
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without background requests; its sandbox does not work for root."""
    program = shutil.which("chromium")
    if program is None:
        raise FileNotFoundError("There is no chromium here: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], env={**os.environ, "FONTCONFIG_FILE": str(_FONTS)})
        try:
            yield browser
        finally:
            browser.close()


class Reader:
    """A reader of a page, who records all errors and all network requests of the page."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.file = file
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self._note)

    def _note(self, request) -> None:
        if request.url.partition("#")[0] != self.file.as_uri() and not request.url.startswith("data:"):
            self.complaints.append(f"request: {request.url}")

    def open(self, words: str = "") -> Reader:
        """Open the page with these words after ``#``, like a link."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.file.as_uri()}{words and '#' + words}")
        return self

    def field(self, label: str) -> Locator:
        """The field of the filter with this label."""
        return self.page.locator("#filter").get_by_label(label, exact=True)

    def follow(self, link: Locator) -> None:
        """Click a link to rows of the matrix, and wait for them."""
        self.page.evaluate(_AWAIT_ROWS)
        link.click()
        self.page.evaluate("window.followed")

    @property
    def hash(self) -> str:
        return self.page.evaluate("location.hash")

    @property
    def count(self) -> str:
        return self.page.inner_text("#count")

    def rows(self) -> list[dict[str, str]]:
        """The rows of the matrix, by the titles of the columns; a title that occurs twice has a number."""
        return self.page.evaluate("""() => {
          const text = (cell) => cell.innerText.replace(/\\s+/g, " ").trim();
          const titles = [];
          for (const cell of document.querySelectorAll("#rows thead th"))
            titles.push(titles.includes(cell.textContent) ? `${cell.textContent} 2` : cell.textContent);
          return [...document.querySelectorAll("#rows tbody tr")].map((row) =>
            Object.fromEntries([...row.cells].map((cell, number) => [titles[number], text(cell)])));
        }""")

    def column(self, title: str) -> set[str]:
        return {row[title] for row in self.rows()}

    def width(self) -> int:
        """The width of the page, including parts outside of the window."""
        return self.page.evaluate("document.documentElement.scrollWidth")

    def clipboard(self) -> str:
        return self.page.evaluate("navigator.clipboard.readText()")
