# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of windows in run after run, by a clock that only the test moves."""

import itertools

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Asked, Window

C, D = ["198.51.100.1"], ["198.51.100.2"]


class HostWindows:
    """The windows of a host, at a time."""

    def __init__(self):
        self.now = 1000
        self.windows = {}

    def run(self, renews=False, closes=False, **clients):
        self.windows = window_list.next_windows(self.windows, Asked(clients, 100, renews, closes), self.now)
        return self.open()

    def open(self):
        return sorted(window_list.open_ones(self.windows, self.now))


@pytest.fixture(name="host")
def fixture_host():
    return HostWindows()


def test_the_named_get_a_window_for_the_time(host):
    assert host.run(c=C) == ["c"]
    assert host.windows == {"c": Window(1000, 1100, C)}
    host.now = 1099
    assert host.open() == ["c"]
    host.now = 1100
    assert host.open() == []


@pytest.mark.parametrize("clients", [{"c": C}, {}, {"d": D}])
def test_a_run_in_the_middle_neither_prolongs_nor_cuts(host, clients):
    host.run(c=C)
    host.now = 1050
    host.run(**clients)
    assert host.windows["c"] == Window(1000, 1100, C)


def test_whoever_is_named_later_gets_one_of_his_own(host):
    host.run(c=C)
    host.now = 1050
    host.run(c=C, d=D)
    assert host.windows == {"c": Window(1000, 1100, C), "d": Window(1050, 1150, D)}


def test_the_addresses_are_those_of_the_last_run_that_named_the_client(host):
    host.run(c=C)
    host.run(c=D)
    host.run()
    assert host.windows["c"] == Window(1000, 1100, D)


def test_one_that_is_over_is_not_opened_again_night_after_night(host):
    for host.now in range(1000, 2000, 90):
        host.run(c=C)
    assert host.windows["c"] == Window(1000, 1100, C)


def test_a_client_that_was_not_named_for_a_while_gets_another(host):
    host.run(c=C)
    host.now = 1200
    assert host.run() == []
    assert host.windows == {}
    assert host.run(c=C) == ["c"]


@pytest.mark.parametrize("now", [1050, 1500])
def test_renewing_begins_anew_for_the_named_only(host, now):
    host.run(c=C, d=D)
    host.now = now
    host.run(renews=True, c=C)
    assert host.windows["c"] == Window(now, now + 100, C)
    assert host.windows.get("d", Window(1000, 1100, D)) == Window(1000, 1100, D)


def test_closing_ends_those_of_the_named_or_all(host):
    host.run(c=C, d=D)
    host.now = 1050
    assert host.run(closes=True, c=C) == ["d"]
    assert host.run(c=C) == ["d"]
    assert host.run(closes=True) == []
    assert host.windows == {}


def test_closing_is_done_once(host):
    host.run(c=C)
    host.now = 1050
    host.run(closes=True, c=C)
    closed = dict(host.windows)
    host.now = 1060
    host.run(closes=True, c=C)
    assert host.windows == closed


def test_what_is_to_be_closed_is_not_opened(host):
    assert host.run(closes=True, c=C) == []
    assert host.run(c=C) == []


def test_renewing_and_closing_at_once_is_one_sentence(host):
    with pytest.raises(HostError) as error:
        host.run(renews=True, closes=True, c=C)
    assert str(error.value) == (
        "A window cannot be renewed and closed at once; leave out window_renew or window_close."
    )


def test_a_clock_that_went_back_opens_nothing(host):
    host.run(c=C)
    host.now = 500
    assert host.open() == []


def test_no_order_of_runs_keeps_a_window_open_beyond_its_time():
    """Unless it is renewed, a window never ends later than it would have when it was opened."""
    for clients in itertools.product(({"c": C}, {}, {"c": D, "d": D}), repeat=4):
        host = HostWindows()
        host.run(c=C)
        for host.now, named in zip(range(1020, 1100, 20), clients):
            assert "c" in host.run(**named)
        host.now = 1100
        assert "c" not in host.run(c=C)


def test_they_are_listed_for_people(host):
    host.run(c=C)
    assert window_list.listed(host.windows, 1000) == [
        {"client": "c", "opened": "1970-01-01T00:16:40Z", "until": "1970-01-01T00:18:20Z", "open": True}
    ]


def test_where_there_are_to_be_none_there_are_none(host):
    host.run(c=C)
    assert window_list.next_windows(host.windows, None, host.now) == {}


def test_the_next_end_is_that_of_the_window_that_ends_first():
    windows = {"c": Window(1000, 1100, C), "d": Window(900, 1050, D)}
    assert window_list.next_end(windows) == 1050
    assert window_list.next_end({}) is None


@pytest.mark.parametrize("seconds", [1, 31 * 86400])
def test_the_shortest_and_the_longest_window(host, seconds):
    windows = window_list.next_windows({}, Asked({"c": C}, seconds, False, False), 1000)
    assert windows == {"c": Window(1000, 1000 + seconds, C)}


@pytest.mark.parametrize("clients, seconds, complaint", [
    ({"c": C}, 0, "The window is 0 seconds long; set it to 1 to 2678400 seconds."),
    ({"c": C}, 31 * 86400 + 1, "The window is 2678401 seconds long"),
    ({"c": C}, 10 ** 12, "The window is 1000000000000 seconds long"),
    ({"c": None}, 60, "The window of c is for None; give it a list of addresses."),
    ({"c": "198.51.100.1"}, 60, "The window of c is for '198.51.100.1'; give it a list"),
    ({"c": ["x; accept"]}, 60, "Invalid IP address or network 'x; accept'"),
])  # fmt: skip
def test_what_is_no_window_is_refused(clients, seconds, complaint):
    with pytest.raises(HostError) as error:
        window_list.next_windows({}, Asked(clients, seconds, False, False), 1000)
    assert complaint in str(error.value)
