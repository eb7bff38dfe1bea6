# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix: search, each filter, one host, and links that contain the filter."""

from __future__ import annotations

import pytest

from .reader import PHONE


def test_without_a_filter_every_flow_of_the_fleet_is_counted(reader, reports):
    lines = (reports("small") / "fleet.csv").read_text(encoding="utf-8").splitlines()
    assert reader("small").count == f"{len(lines) - 1} rows"


@pytest.mark.parametrize("field, value, column", [
    ("phase", "boot", "Phase"), ("protocol", "udp", "Protocol"), ("search", "bootp", "Service"),
])  # fmt: skip
def test_a_filter_leaves_what_it_asks_for(reader, field, value, column):
    reading = reader("small")
    if field == "phase":
        reading.field(value).check()
    elif field == "search":
        reading.field("Search").fill(value)
    else:
        reading.field("Protocol").select_option(value)
    assert reading.column(column) == {value}
    assert reading.hash == f"#{field}={value}"
    assert reading.count.endswith(f"rows: {field} {value}")


def test_the_filter_for_a_role_takes_either_end(reader):
    reading = reader("small")
    reading.field("Role").select_option("nim_gateway")
    assert reading.rows()
    assert all("nim_gateway" in row["From"] or "nim_gateway" in row["To"] for row in reading.rows())


def test_several_phases_and_no_replies(reader):
    reading = reader("small")
    for label in ("boot", "transfer", "without replies"):
        reading.field(label).check()
    assert reading.column("Phase") == {"boot", "transfer"}
    assert reading.column("Initiates") == {"yes"}
    assert reading.hash == "#phase=boot%2Ctransfer&initiates=yes"


def test_the_domain_is_asked_for_where_there_are_several(reader):
    assert reader("small").field("Domain").count() == 0
    reading = reader("hostile")
    reading.field("Domain").select_option("<b>2</b>")
    assert reading.column("Domain") == {"<b>2</b>"}


def test_words_are_all_searched_for_and_an_address_finds_its_network(reader):
    reading = reader("large")
    reading.field("Search").fill("tftp 002")
    assert reading.column("Service") == {"tftp"}
    assert all("002" in row["Why"] for row in reading.rows())
    reading.field("Search").fill("198.18.3.77")
    assert reading.rows()
    reading.field("Search").fill("198.18.99.77")
    assert reading.rows() == []


@pytest.mark.parametrize("host", ["nim01", "res01", "gate01", "lpar0001", "lpar0002"])
def test_one_host_shows_what_its_plan_says(reader, plan, host):
    reading, planned = reader("small", words=f"host={host}"), plan(host)
    claims = reading.page.locator("#one-host tbody tr").all_inner_texts()
    held = {hold["port"] for hold in planned["holds"]}
    pins = [port for port in planned["pins"].values() if port is not None]
    assert len(claims) == len(planned["services"]) + len(held) + len(pins)
    assert reading.count == f"{len(planned['flows'])} of {len(planned['flows'])} rows: host {host}"
    assert reading.column("Direction") <= {flow["direction"] for flow in planned["flows"]}


def test_each_claim_and_each_row_has_a_reason_or_a_reference(reader):
    reading = reader("small", words="host=lpar0002")
    claims = reading.page.locator("#one-host tbody tr").all_inner_texts()
    assert any("held" in claim and "623" in claim and "000, Resolution" in claim for claim in claims)
    assert all("000, " in claim or "002, " in claim for claim in claims)
    whys = reading.column("Why")
    assert "002, BOOTP" in whys
    assert any(why.startswith("Not in the source: a client without an address broadcasts") for why in whys)
    assert all(len(why) > len("Not in the source: ") or why.startswith("00") for why in whys)


def test_a_name_that_is_none_gets_others_offered(reader):
    reading = reader("small")
    reading.field("Host").fill("LPAR")
    panel = reading.page.locator("#one-host")
    assert panel.inner_text() == "No host is named LPAR. Did you mean: lpar0001 lpar0002"
    assert reading.rows() == []
    reading.follow(panel.get_by_text("lpar0002"))
    assert reading.hash == "#host=lpar0002"
    assert reading.rows()


def test_a_link_keeps_the_filter_and_the_way_back_leads_there(reader):
    words = "search=nfs&host=lpar0001&role=nim_resource_server&protocol=tcp&phase=mount&initiates=yes"
    reading = reader("small", words=words)
    first = reading.rows()
    assert first
    assert reading.column("Protocol") == {"tcp"}
    assert reading.page.input_value("#search") == "nfs"
    reading.follow(reading.page.locator("#hosts a", has_text="gate01"))
    assert reading.page.inner_text("#one-host h3") == "gate01"
    reading.page.go_back()
    reading.page.locator("#one-host h3", has_text="lpar0001").wait_for()
    assert reading.rows() == first
    reading.page.locator("nav a", has_text="Conflicts").click()
    assert reading.hash == f"#{words}"


def test_the_way_back_from_a_first_link_leads_to_everything(reader):
    reading = reader("small")
    everything = reading.count
    reading.follow(reading.page.locator(".roles a", has_text="nim_gateway"))
    assert reading.count != everything
    reading.page.go_back()
    reading.page.get_by_text(everything, exact=True).wait_for()
    assert reading.page.locator("#role").input_value() == ""


def test_clearing_shows_everything_again(reader):
    reading = reader("small", words="phase=boot&search=bootp")
    reading.page.get_by_role("button", name="Clear the filter").click()
    assert reading.count.endswith(" rows")
    assert "of" not in reading.count
    assert reading.page.input_value("#search") == ""
    assert reading.page.locator("#clear").is_disabled()


def test_a_long_matrix_comes_by_slices(reader):
    reading = reader("small", PHONE)
    shown = len(reading.rows())
    more = reading.page.get_by_role("button", name="Show 50 of")
    more.click()
    assert len(reading.rows()) == shown + 50


def test_many_addresses_come_on_demand(reader):
    reading = reader("large", words="search=bootp")
    clients = reading.page.locator("#rows tbody tr").first.locator(".addresses").first
    assert clients.locator("span").count() == 2
    more = clients.get_by_role("button")
    left = int(more.inner_text().removeprefix("and ").removesuffix(" more"))
    more.click()
    assert clients.locator("span").count() == 2 + left
