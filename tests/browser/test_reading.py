# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page after it is opened: in each width, colour scheme and medium, of small and large fleets."""

from __future__ import annotations

import pytest

from .fleets import HOSTILE_NAMES
from .reader import PHONE, WIDE

BETWEEN = {"width": 1160, "height": 900}
NARROWEST = {"width": 320, "height": 640}


def titles(page):
    return page.locator("main > section > h2").all_inner_texts()


@pytest.mark.parametrize("fleet", ["small", "full", "hostile", "silent"])
@pytest.mark.parametrize("viewport", [WIDE, BETWEEN, PHONE, NARROWEST])
def test_nothing_has_to_be_scrolled_to_the_side(reader, fleet, viewport):
    reading = reader(fleet, viewport)
    assert reading.width() == viewport["width"]
    reading.follow(reading.page.locator("#hosts a").last)
    assert reading.page.locator("#one-host").is_visible()
    assert reading.width() == viewport["width"]


def test_conflicts_come_first(reader):
    page = reader("small").page
    assert titles(page) == ["Conflicts", "Hosts and roles", "Flows between roles", "Matrix"]
    card = page.locator(".conflict", has_text="lockd of this NFS server is not pinned")
    assert "Advice" in card.inner_text()
    assert "Set nfs_ports_lockd" in card.inner_text()


def test_the_hosts_of_a_conflict_that_a_card_has_no_room_for_come_on_demand(reader):
    page = reader("large").page
    more = page.locator(".conflict details").first
    assert page.locator(".conflict a").count() < 30
    more.locator("summary").click()
    assert more.locator("a").last.inner_text() == "lpar1997"


def test_who_is_what_marks_the_roles_of_hosts(reader):
    page = reader("small").page
    assert page.locator(".roles li").count() == 5
    columns = page.locator("#hosts thead th").all_inner_texts()
    row = page.locator("#hosts tbody tr", has_text="lpar0002").locator("th, td").all_inner_texts()
    marked = [column for column, cell in zip(columns, row) if "●" in cell]
    assert marked == ["nim_client", "bmc_host"]
    assert row[columns.index("Held")] == "2"


def test_hosts_are_found_by_name_role_and_address(reader):
    page = reader("large").page
    for text, found in (("lpar0042", 1), ("gateway", 1), ("198.18.1.7", 1), ("nim_client bmc", 998), ("nobody", 0)):
        page.fill("#find", text)
        assert page.inner_text("#hosts-count") == f"{found} of 2,000 hosts"


def test_the_diagram_shows_what_initiates_and_links_to_the_rows(reader):
    reading = reader("small")
    arrows = reading.page.locator(".arrow").evaluate_all("all => all.map((arrow) => arrow.getAttribute('aria-label'))")
    assert "boot: nim_client to nim_master: bootp 67" in arrows
    assert "shell: nim_master to nim_client: nimsh 3901" in arrows
    assert not [arrow for arrow in arrows if "nim_client to nim_master: nimsh 3901" in arrow]
    reading.follow(reading.page.locator(".diagram a", has_text="transfer"))
    assert reading.hash == "#phase=transfer"
    assert reading.column("Phase") == {"transfer"}


def test_a_fleet_of_conflicts_only_says_so(reader):
    page = reader("silent").page
    assert page.locator(".conflict").filter(visible=True).count() == 10
    page.get_by_text("and 11 more").click()
    assert page.locator(".conflict").filter(visible=True).count() == 21
    assert "There are no flows between these hosts." in page.inner_text("#talk")
    assert page.inner_text("#count") == "0 rows"
    assert page.locator("#copy-csv").is_disabled()
    assert not page.locator("#rows").is_visible()


def test_a_name_is_a_name_and_never_markup(reader):
    reading = reader("hostile")
    page = reading.page
    shown = page.locator("#hosts tbody th").all_inner_texts()
    expected = [name.replace("\u2029", " ").replace("\u202e", "\ufffd") for name in HOSTILE_NAMES]
    assert shown[3:] == expected
    assert page.locator("img, i, main b b, script:not([type]) ~ script").count() == 0
    for number, name in enumerate(expected, 3):
        reading.follow(page.locator("#hosts tbody th a").nth(number))
        assert page.inner_text("#one-host h3") == name
        assert page.input_value("#host") == name
    assert page.title() == "Port matrix of the fleet"


def test_dark_and_light_are_the_reader_s_choice(reader):
    def ground(scheme):
        page = reader("small", color_scheme=scheme).page
        return [sum(map(int, page.evaluate(f"getComputedStyle(document.body).{part}").strip("rgb()").split(",")))
                for part in ("backgroundColor", "color")]

    light, dark = ground("light"), ground("dark")
    assert light[0] > 600 > 200 > light[1]
    assert dark[0] < 200 < 600 < dark[1]


def test_paper_has_every_row_and_nothing_to_press(reader):
    reading = reader("small", words="initiates=yes")
    asked = int(reading.count.split()[0])
    assert len(reading.rows()) < asked
    paper = reading.page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert len(reading.rows()) == asked
    reading.page.emulate_media(media="print")
    assert not reading.page.locator("#filter, .actions, nav").filter(visible=True).count()
    assert reading.page.locator("#count").is_visible()


def test_paper_says_what_it_leaves_out(reader):
    page = reader("large").page
    page.emulate_media(media="print")
    assert page.inner_text("#hosts-count") == "2,000 hosts"
    assert page.get_by_text("Show 25 of 1,975 more").is_visible()
    assert page.locator("#rows").get_by_text(" more").first.is_visible()
