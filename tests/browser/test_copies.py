# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies from the page: the same lines as in the files beside the page, and change requests."""

from __future__ import annotations

import csv
import io

import pytest

REFUSE = "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not here')); }"


def text_of(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def test_all_rows_as_csv_are_the_file_beside_the_page(reader, reports):
    reading = reader("small")
    reading.page.get_by_role("button", name="Copy as CSV").click()
    reading.page.get_by_text("as CSV.").wait_for()
    assert reading.clipboard() == text_of(reports("small"), "fleet.csv")


@pytest.mark.parametrize("host", ["nim01", "gate01", "lpar0002"])
def test_a_host_s_rows_as_csv_are_its_file(reader, reports, host):
    reading = reader("small", words=f"host={host}")
    reading.page.get_by_role("button", name="Copy as CSV").click()
    reading.page.get_by_text("as CSV.").wait_for()
    assert reading.clipboard() == text_of(reports("small"), f"hosts/{host}.csv")


def test_only_what_is_filtered_is_copied_all_of_it(reader):
    reading = reader("small", words="phase=mount")
    rows = int(reading.count.split()[0])
    assert rows > len(reading.rows())
    reading.page.get_by_role("button", name="Copy as CSV").click()
    reading.page.get_by_text(f"Copied {rows} rows as CSV.").wait_for()
    lines = list(csv.DictReader(io.StringIO(reading.clipboard())))
    assert len(lines) == rows
    assert {line["phase"] for line in lines} == {"mount"}


def test_a_change_request_has_what_a_firewall_team_asks_for(reader):
    reading = reader("small", words="host=lpar0001&search=nimsh&initiates=yes&phase=shell")
    reading.page.get_by_role("button", name="Copy as change request").click()
    reading.page.get_by_text("as change request.").wait_for()
    assert reading.clipboard().splitlines() == [
        "Source\tDestination\tProtocol\tPort\tReason",
        "198.18.1.1/32 (nim_client) from 3902\t192.0.2.10/32 (nim_master)\ttcp\t513-1023\tshell, nimaux: 002, NIMSH",
        "192.0.2.10/32 (nim_master) from 513-1023\t198.18.1.1/32 (nim_client)\ttcp\t3901\tshell, nimsh: 002, NIMSH",
    ]


def test_a_browser_that_keeps_its_clipboard_copies_what_is_selected(reader, reports):
    reading = reader("small")
    reading.page.evaluate(REFUSE)
    button = reading.page.get_by_role("button", name="Copy as CSV")
    button.click()
    reading.page.get_by_text("as CSV.").wait_for()
    assert reading.clipboard() == text_of(reports("small"), "fleet.csv")
    assert button.evaluate("button => document.activeElement === button")


def test_a_browser_that_copies_nothing_says_where_the_rows_are(reader):
    reading = reader("small")
    reading.page.evaluate(REFUSE)
    reading.page.evaluate("() => { document.execCommand = () => false; }")
    reading.page.get_by_role("button", name="Copy as CSV").click()
    reading.page.get_by_text("Use fleet.csv").wait_for()
