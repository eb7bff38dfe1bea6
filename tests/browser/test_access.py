# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page with a keyboard only, and with a screen reader."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .reader import PHONE, WIDE


def focused(page, what="id"):
    return page.evaluate(f"document.activeElement.{what}")


@pytest.mark.parametrize("fleet, words, viewport, scheme", [
    ("small", "", WIDE, "light"), ("full", "", PHONE, "dark"), ("silent", "host=nobody", WIDE, "light"),
    *(("small", "host=lpar0002", viewport, scheme) for viewport in (WIDE, PHONE) for scheme in ("light", "dark")),
])  # fmt: skip
def test_axe_finds_nothing(reader, fleet, words, viewport, scheme):
    page = reader(fleet, viewport, words, color_scheme=scheme).page
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []


def test_the_first_key_leads_to_the_matrix(reader):
    page = reader("small").page
    page.keyboard.press("Tab")
    assert focused(page, "textContent") == "Skip to the matrix"
    page.keyboard.press("Enter")
    assert focused(page) == "matrix"
    page.keyboard.press("Tab")
    assert focused(page) == "search"


def test_a_filter_is_set_and_copied_by_keyboard(reader):
    reading = reader("small")
    page = reading.page
    page.focus("#search")
    page.keyboard.type("bootp")
    order = [focused(page)]
    while order[-1] != "copy-csv" and len(order) < 25:
        page.keyboard.press("Tab")
        order.append(focused(page, "id || document.activeElement.value"))
        if order[-1] == "boot":
            page.keyboard.press("Space")
    assert order == ["search", "host", "role", "protocol", "register", "boot", "transfer", "mount", "operate", "shell",
                     "yes", "clear", "copy-csv"]
    page.keyboard.press("Enter")
    page.get_by_text("as CSV.").wait_for()
    assert "bootp-request" in reading.clipboard()
    assert reading.column("Phase") == {"boot"}


def test_who_asks_for_more_rows_goes_on_with_them(reader):
    page = reader("small").page
    page.focus("#rows-more")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 51


def test_focus_can_be_seen(reader):
    page = reader("small").page
    for number in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("(({outlineStyle, outlineWidth}) => outlineStyle + outlineWidth)"
                              "(getComputedStyle(document.activeElement))")
        assert style == "solid3px", number


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_tables_are_tables_in_every_width(reader, viewport):
    page = reader("small", viewport, "host=lpar0002").page
    told = page.locator("main").aria_snapshot()
    assert '- table "Flows"' in told
    assert "- rowheader \"boot\"" in told
    assert ("- cell \"002, BOOTP\"" if viewport == WIDE else "- cell \"Why 002, BOOTP\"") in told


def test_the_count_is_told_as_it_changes(reader):
    page = reader("small").page
    for place in ("#count", "#copied", "#hosts-count"):
        assert page.locator(place).get_attribute("role") == "status"


def test_landmarks_and_headings_say_where_one_is(reader):
    page = reader("small").page
    told = page.locator("body").aria_snapshot()
    for landmark in ("banner", 'navigation "On this page"', "main", 'region "Conflicts"', 'search "Rows of the matrix"',
                     "contentinfo"):
        assert f"- {landmark}" in told
