# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows on each kind of packet filter: opened for one client, and closed by the hosts while nothing runs.

The master and the gateway have nftables, the client firewalld; a simulated AIX master and its client are a pair of
their own. Of two clients one is named.
"""

from __future__ import annotations

import time
from calendar import timegm

import pytest

from .command import wait_for
from .cut import Cut
from .probes import connect

pytestmark = pytest.mark.any_core

LINUX = ["master01", "gateway01", "client01"]
AIX = ["aixmaster01", "aixclient01"]
NAMED = {"nim_firewall_window_clients": ["client01", "aixclient01"]}
MASTER, CLIENT = "192.0.2.10", "198.51.100.11"
# What at of AIX may be late, to the minute, and what the job itself takes.
LATE = 75
# What the job of systemd may take on a machine that is busy: less than the time after which it would be tried again.
SOON = 12
NOTHING_LEFT = (
    "! ls /etc/systemd/system/fleet-ports-window.* /etc/systemd/system/*.target.wants/fleet-ports-window.*"
    " /var/lib/fleet.ports/window 2>/dev/null"
    " && ! nft list ruleset 2>/dev/null | grep 'meta time' && ! grep 'meta time' /etc/fleet.ports.nft 2>/dev/null"
)


@pytest.fixture(scope="module")
def try_play(playbook):
    """Run the role with these variables."""

    def run(*arguments, hosts=(*LINUX, *AIX), **variables):
        role = {"name": "Open", "ansible.builtin.import_role": {"name": "fleet.ports.nim_firewall"}}
        plays = [{"hosts": ",".join(hosts), "gather_facts": False, "tasks": [role]}]
        return playbook(plays, *arguments, extra_vars={"nim_firewall_window": "90s", **variables})

    return run


@pytest.fixture(scope="module")
def play(lab, try_play):
    """Run the role on hosts that were renewed, which has to succeed, and give them back at the end."""

    def run(*arguments, **options):
        done = try_play(*arguments, **options)
        assert done.status == 0, done.output
        return done

    lab.renew(*LINUX, *AIX)
    yield run
    run(nim_firewall_state="absent")


def end_of(run, *hosts):
    """When the last of the windows that a run reports ends, in seconds since the epoch."""
    windows = [each for host in hosts for each in run.result(host, "fleet.ports.firewall_flows")["windows"]]
    return max(timegm(time.strptime(each["until"], "%Y-%m-%dT%H:%M:%SZ")) for each in windows)


def ways(host):
    """How two flows of an installation end: what the named client asks its master, and what it is asked in return."""
    return connect(host("client01"), 1000, MASTER, 2049), connect(host("master01"), 1000, CLIENT, 111)


OPEN, CLOSED = ("refused", "accepted"), ("blocked", "blocked")


def aix_ways(host):
    """Whether TFTP of the simulated client passes at both ends."""
    ends = '"198.51.100.31", "192.0.2.30", "udp", 40000, 69'
    return [
        host(name).run(f"aix-simulator passes '[\"{way}\", {ends}]'").strip() == "true"
        for name, way in (("aixmaster01", "inbound"), ("aixclient01", "outbound"))
    ]


def wait_until(moment):
    time.sleep(max(moment - time.time(), 0))


def assert_nothing_is_left(host, *names):
    for name in names:
        assert host(name).succeeds(NOTHING_LEFT), name


def wait_for_the_end(host, run, *names):
    """Wait until the windows that a run reports are over, and the jobs of the hosts have taken them away."""
    wait_until(end_of(run, *names))
    wait_for("the jobs at the windows' end", lambda: all(host(name).succeeds(NOTHING_LEFT) for name in names), SOON)


def test_nobody_has_a_window_who_is_not_named(host, play):
    assert sorted(play().changed_hosts()) == sorted([*LINUX, *AIX])
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"
    assert ways(host) == CLOSED
    assert aix_ways(host) == [False, False]
    assert_nothing_is_left(host, *LINUX, *AIX)


def test_a_window_opens_for_the_named_alone_and_its_end_comes_by_itself(host, play):
    opened = play(**NAMED)
    assert sorted(opened.changed_hosts()) == sorted([*LINUX, *AIX])
    assert ways(host) == OPEN
    assert connect(host("client02"), 1000, MASTER, 2049) == "blocked"
    assert connect(host("client02"), 1000, MASTER, 1058) == "refused"
    assert aix_ways(host) == [True, True]
    # A run in the middle, whether it names the client or not, neither prolongs nor cuts.
    middle = [play("--check", **NAMED), play(**NAMED), play(hosts=LINUX)]
    assert [each.changed_hosts() for each in middle] == [[], [], []]
    assert end_of(middle[1], *LINUX, *AIX) == end_of(opened, *LINUX, *AIX) > time.time()
    assert ways(host) == OPEN
    # Now nothing runs.
    wait_for_the_end(host, opened, *LINUX)
    assert ways(host) == CLOSED
    wait_until(end_of(opened, *AIX) + LATE)
    assert aix_ways(host) == [False, False]
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"
    assert_nothing_is_left(host, *LINUX, *AIX)


def test_it_is_not_opened_again_as_long_as_its_client_is_named(host, play):
    assert play("--check", **NAMED).changed_hosts() == []
    assert play(**NAMED).changed_hosts() == []
    assert ways(host) == CLOSED


def test_it_is_renewed_and_closed_when_that_is_asked(host, play):
    assert sorted(play(nim_firewall_window_renew=True, **NAMED).changed_hosts()) == sorted([*LINUX, *AIX])
    assert (ways(host), aix_ways(host)) == (OPEN, [True, True])
    assert sorted(play(nim_firewall_window_close=True).changed_hosts()) == sorted([*LINUX, *AIX])
    assert (ways(host), aix_ways(host)) == (CLOSED, [False, False])
    assert_nothing_is_left(host, *LINUX, *AIX)


def test_a_reboot_neither_prolongs_nor_cuts_it(lab, host, play):
    opened = play(hosts=LINUX, nim_firewall_window="45s", **NAMED)
    lab.reboot("master01", "client01")
    assert time.time() < end_of(opened, *LINUX) - 3, "the reboot took longer than the window"
    assert ways(host) == OPEN
    wait_for_the_end(host, opened, *LINUX)
    assert ways(host) == CLOSED


def test_it_is_not_open_after_a_boot_that_comes_later(lab, host, play):
    opened = play(hosts=LINUX, nim_firewall_window="25s", nim_firewall_window_renew=True, **NAMED)
    wait_until(end_of(opened, "client01") - 1)
    assert time.time() < end_of(opened, *LINUX), "the window ended before the reboot"
    lab.reboot(*LINUX)
    wait_for_the_end(host, opened, *LINUX)
    assert ways(host) == CLOSED


def test_a_job_that_died_before_it_could_close_is_made_up_for_at_boot(lab, host, play):
    """It waits for the lock, which somebody has who does not end; systemd takes the moment for dealt with."""
    opened = play(hosts=LINUX, nim_firewall_window="25s", nim_firewall_window_renew=True, **NAMED)
    for name in LINUX:
        host(name).run("setsid flock /var/lib/fleet.ports/lock sleep 600 > /dev/null 2>&1 < /dev/null &")
    wait_until(end_of(opened, *LINUX) + 3)
    for name in LINUX:
        assert not host(name).succeeds(NOTHING_LEFT), name
        assert host(name).run("systemctl show -p ActiveState --value fleet-ports-window.service") == "activating\n"
    lab.reboot(*LINUX)
    assert ways(host) == CLOSED
    assert_nothing_is_left(host, *LINUX)


def test_a_renewal_that_nobody_confirms_is_undone_and_the_window_ends_when_it_would_have(lab, host, play, try_play):
    opened = play(hosts=["master01"], nim_firewall_window_renew=True, **NAMED)
    rules = lab.disk("master01") / "etc/fleet.ports.nft"
    before = rules.read_bytes()
    with Cut(lab, "master01", rules.read_bytes).made() as cut:
        renewal = {"nim_firewall_window_renew": True, "nim_firewall_confirm_timeout": 5, **NAMED}
        assert "its old rules are restored" in try_play(hosts=["master01"], **renewal).complaints()["master01"]
        assert cut.happened.is_set()
    assert rules.read_bytes() == before
    assert end_of(play(hosts=["master01"], **NAMED), "master01") == end_of(opened, "master01")
    wait_for_the_end(host, opened, "master01")


def test_who_gives_the_host_back_closes_it(host, play):
    play(hosts=LINUX, nim_firewall_window_renew=True, **NAMED)
    assert ways(host) == OPEN
    play(nim_firewall_state="absent")
    assert ways(host)[0] == "blocked"
    assert_nothing_is_left(host, *LINUX, *AIX)
    assert not any(host(name).succeeds("test -e /var/lib/fleet.ports") for name in (*LINUX, *AIX))
