# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two thousand hosts: the page opens and filters without a noticeable delay."""

from __future__ import annotations

import pytest

from .reader import PHONE, WIDE

MOST_BYTES = 1_000_000
MOST_TO_OPEN = 1000
MOST_FOR_A_LETTER = 100

# Types a text letter by letter; after each the page stands as it is shown.
_TYPE = """([id, text]) => {
  const field = document.getElementById(id);
  for (let length = 1; length <= text.length; length += 1) {
    field.value = text.slice(0, length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.documentElement.getBoundingClientRect();
  }
}"""


def computing(page, work):
    """Do the work; return the milliseconds of computation in the page, independent of the load of the machine."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    before = spent()
    work()
    return (spent() - before) * 1000


def test_the_page_of_two_thousand_hosts_is_small(reports):
    assert (reports("large") / "fleet.html").stat().st_size < MOST_BYTES


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_it_opens_at_once(reader, viewport):
    reading = reader("large", viewport)
    took = computing(reading.page, reading.page.reload)
    assert took < MOST_TO_OPEN
    assert reading.page.evaluate("document.querySelectorAll('*').length") < 4000


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
@pytest.mark.parametrize("field, text", [
    ("search", "portmapper 002"), ("search", "198.18.7.201"), ("host", "lpar1234"), ("find", "lpar1234"),
    ("find", "nim_client bmc"),
])  # fmt: skip
def test_a_letter_takes_no_time(reader, viewport, field, text):
    page = reader("large", viewport).page
    took = computing(page, lambda: page.evaluate(_TYPE, [field, text])) / len(text)
    assert took < MOST_FOR_A_LETTER
