# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated System Resource Controller, and what its daemons do when they start."""

import time

import pytest


def status(console, name):
    line = console.prints(f"lssrc -s {name}").splitlines()[1]
    return line[:18].strip(), line[18:34].strip(), line[34:48].strip(), line[48:].strip()


def wait_until_down(console, name):
    for _moment in range(100):
        if status(console, name)[3] == "inoperative":
            return
        time.sleep(0.01)
    raise AssertionError(f"{name} is not down")


def restart(console, name):
    console.prints(f"stopsrc -s {name}")
    wait_until_down(console, name)
    console.prints(f"startsrc -s {name}")


def ports(console, name):
    lines = [line.split() for line in console.prints("rpcinfo -p").splitlines()[1:]]
    return {fields[2]: int(fields[3]) for fields in lines if fields[4] == name}


@pytest.fixture(autouse=True)
def in_haste(console):
    console.host.change(stop_seconds=0.05)


def test_columns_stand_where_they_should(console):
    name, group, pid, state = status(console, "rpc.mountd")
    assert (name, group, pid.isdigit(), state) == ("rpc.mountd", "nfs", True, "active")
    assert status(console, "nimhttp") == ("nimhttp", "", "", "inoperative")


def test_stopping_takes_its_time(console):
    assert console.prints("stopsrc -s rpc.mountd") == "0513-044 The rpc.mountd Subsystem was requested to stop.\n"
    assert status(console, "rpc.mountd")[3] == "stopping"
    assert "0513-029 The rpc.mountd Subsystem is already active." in console.fails("startsrc -s rpc.mountd")
    wait_until_down(console, "rpc.mountd")
    started = console.prints("startsrc -s rpc.mountd")
    assert started.startswith("0513-059 The rpc.mountd Subsystem has been started. Subsystem PID is ")


def test_a_stubborn_daemon_never_stops(console):
    console.host.be_stubborn("rpc.mountd")
    console.prints("stopsrc -s rpc.mountd")
    time.sleep(0.1)
    assert status(console, "rpc.mountd")[3] == "stopping"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lssrc -s nope", "0513-085 The nope Subsystem is not on file."),
        ("startsrc -s nope", "0513-085 The nope Subsystem is not on file."),
        ("lssrc -g nope", "0513-086 The nope Group is not on file."),
        ("stopsrc -s nimhttp", "0513-004 The Subsystem or Group, nimhttp, is currently inoperative."),
        ("refresh -s nimhttp", "0513-036 The request could not be passed to the nimhttp subsystem."),
    ],
)
def test_messages(console, line, message):
    assert message in console.fails(line)


def test_starting_an_active_subsystem_may_also_succeed(console):
    console.host.change(unknowns={"starting_an_active_subsystem_fails": False})
    assert console.type("startsrc -s nfsd").code == 0


def test_mountd_and_lockd_are_pinned_by_the_services_database(console):
    console.services.write_text(
        "mountd 20048/tcp # ours\nmountd\t20048/udp\nlockd 4045/tcp\nstatd 4046/tcp\nx 1/udp lockd\n"
    )
    for name in ("rpc.mountd", "rpc.lockd", "rpc.statd"):
        restart(console, name)
    assert ports(console, "mountd") == {"tcp": 20048, "udp": 20048}
    assert ports(console, "nlockmgr") == {"tcp": 4045, "udp": 1}
    assert all(port >= 32768 for port in ports(console, "status").values())


def test_ports_are_read_at_the_start_only(console):
    before = ports(console, "mountd")
    console.services.write_text("mountd 20048/tcp\nmountd 20048/udp\n")
    assert ports(console, "mountd") == before


def test_a_stopped_daemon_is_not_registered(console):
    console.prints("stopsrc -s rpc.mountd")
    wait_until_down(console, "rpc.mountd")
    assert ports(console, "mountd") == {}


def test_without_portmap_nothing_can_be_asked(console):
    console.prints("stopsrc -s portmap")
    wait_until_down(console, "portmap")
    assert "can't contact portmapper" in console.fails("rpcinfo -p")


def test_a_wrong_order_of_lockd_and_statd_is_noted(console):
    restart(console, "rpc.statd")
    assert console.host.store.read()["complaints"] == ["rpc.statd was stopped before rpc.lockd"]


def test_the_right_order_is_not(console):
    for line in ("stopsrc -s rpc.lockd", "stopsrc -s rpc.statd"):
        console.prints(line)
        wait_until_down(console, line.split()[-1])
    console.prints("startsrc -s rpc.statd")
    console.prints("startsrc -s rpc.lockd")
    assert console.host.store.read()["complaints"] == []


def test_inetd_listens_for_what_its_configuration_names(console):
    console.inetd.write_text(
        "#ftp stream tcp6 nowait root /usr/sbin/ftpd\nshell stream tcp6 nowait root /usr/sbin/rshd rshd\n"
    )
    assert "0513-095 The request for subsystem refresh was completed" in console.prints("refresh -s inetd")
    assert console.host.store.read()["inetd"] == ["shell"]


def test_objects_of_nim_are_stanzas(console):
    assert console.prints("lsnim -l client01") == (
        "client01:\n   class          = machines\n   type           = standalone\n"
        "   connect        = nimsh\n   if1            = servers client01 0\n"
    )
    assert console.prints("lsnim -c machines -a connect client01") == "client01:\n   connect        = nimsh\n"
    assert [line.split() for line in console.prints("lsnim -c machines").splitlines()] == [
        ["master", "machines", "master"], ["client01", "machines", "standalone"],
    ]  # fmt: skip
    assert console.fails("lsnim -l nobody") == '0042-053 lsnim: there is no NIM object named "nobody"\n'


def test_it_says_that_it_is_aix(console):
    assert console.prints("oslevel -s") == "7200-05-10-2520\n"
    assert console.prints("lslpp -L bos.net.ipsec.rte").split()[0] == "bos.net.ipsec.rte"
    assert "not installed" in console.fails("lslpp -L bos.nothing")
