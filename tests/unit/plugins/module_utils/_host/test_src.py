# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lssrc says by its columns, and what becomes of what SRC says to a start and a stop."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import src
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

HEADING = "Subsystem         Group            PID          Status \n"


def answering(*answers):
    """Return commands that give these answers one after the other."""
    return FakeCommands({"": list(answers)})


def lssrc(status, name="rpc.mountd", group="nfs", number=""):
    return 0, HEADING + " {:<17}{:<17}{:<13}{}\n".format(name, group, number, status), ""


@pytest.fixture(autouse=True)
def in_haste(monkeypatch):
    monkeypatch.setattr(src, "TIMEOUT", 5)
    monkeypatch.setattr(src, "PAUSE", 0)


@pytest.mark.parametrize(
    "name, group, number, status",
    [
        ("rpc.mountd", "nfs", "4194602", "active"),
        ("rpc.mountd", "nfs", "", "inoperative"),
        ("nimhttp", "", "", "inoperative"),
        ("nimhttp", "", "7", "stopping"),
    ],
)
def test_columns_that_are_empty_move_no_others(name, group, number, status):
    assert src.Src(answering(lssrc(status, name, group, number))).status(name) == status


def test_stopping_waits_until_the_daemon_is_inoperative():
    commands = answering(
        lssrc("active"),
        (0, "0513-044 The rpc.mountd Subsystem was requested to stop.\n", ""),
        lssrc("stopping"),
        lssrc("stopping"),
        lssrc("inoperative"),
    )
    src.Src(commands).stop("rpc.mountd")
    assert commands.run == ["lssrc -s rpc.mountd", "stopsrc -s rpc.mountd"] + ["lssrc -s rpc.mountd"] * 3


@pytest.mark.parametrize("on_the_way", [[], [lssrc("stopping")]])
def test_a_daemon_that_is_down_or_stopping_is_not_asked_to_stop(on_the_way):
    commands = answering(*(on_the_way * 2 + [lssrc("inoperative")] * 2))
    src.Src(commands).stop("rpc.mountd")
    assert set(commands.run) == {"lssrc -s rpc.mountd"}


def test_a_daemon_that_does_not_stop_in_time(monkeypatch):
    monkeypatch.setattr(src, "TIMEOUT", 0)
    with pytest.raises(HostError) as caught:
        src.Src(lambda command: lssrc("stopping")).stop("rpc.mountd")
    assert str(caught.value) == (
        "rpc.mountd was requested to stop, but after 0 seconds lssrc reports 'stopping'; end what it waits for, "
        "then run again."
    )


def test_a_subsystem_that_is_not_on_file():
    with pytest.raises(HostError) as caught:
        src.Src(answering((1, "", "0513-085 The x Subsystem is not on file.\n"))).status("x")
    assert str(caught.value) == (
        "This host has no subsystem x (0513-085); install the software that contains it, or "
        "leave it out."
    )


def test_a_listing_without_the_subsystem():
    with pytest.raises(HostError) as caught:
        src.Src(answering(lssrc("active", name="rpc.lockd"))).status("rpc.mountd")
    assert str(caught.value) == (
        "'lssrc -s rpc.mountd' does not list rpc.mountd, but prints 'Subsystem Group PID Status rpc.lockd nfs active'."
    )


@pytest.mark.parametrize("printed", ["", HEADING + " rpc.mountd       nfs              7            active\n"])
def test_an_lssrc_that_fails_is_not_believed(printed):
    with pytest.raises(HostError, match="^'lssrc -s rpc.mountd' failed: 0513-001 SRC is not active.$"):
        src.Src(answering((1, printed, "0513-001 SRC is not active.\n"))).status("rpc.mountd")


@pytest.mark.parametrize("code", [0, 1])
def test_a_daemon_that_is_active_already(code):
    answer = (code, "", "0513-029 The rpc.mountd Subsystem is already active.\nMultiple instances are not supported.\n")
    with pytest.raises(HostError) as caught:
        src.Src(answering(answer)).start("rpc.mountd")
    assert str(caught.value) == (
        "rpc.mountd was started by another program in the meantime (0513-029); run again to verify its port."
    )


def test_a_start_that_is_refused():
    with pytest.raises(HostError) as caught:
        src.Src(answering((1, "", "0513-056 Timeout waiting for command response.\n"))).start("rpc.mountd")
    assert str(caught.value) == "'startsrc -s rpc.mountd' failed: 0513-056 Timeout waiting for command response."
