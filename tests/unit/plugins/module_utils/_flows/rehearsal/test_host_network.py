# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network of a host, and its copy in a namespace of its own."""

import errno

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import host_network, sandbox
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.host_network import Network
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.tests.unit.fakes import small_host


def shown(*arguments):
    return [" ".join(line.split()) for line in small_host.run([small_host.find("ip"), *arguments])[1].splitlines()]


def interfaces():
    """Return the names, indexes, hardware addresses and addresses of the interfaces that a copy has."""
    found = {}
    for line in shown("-o", "link") + shown("-o", "address", "show", "scope", "global"):
        index, name, *words = line.split()
        kept = [word for before, word in zip(words, words[1:]) if before in ("link/ether", "inet", "inet6", "brd")]
        found.setdefault((index, name.rstrip(":").partition("@")[0]), []).extend(kept)
    return sorted([*key, *values] for key, values in found.items() if key[1] in ("lo", "eth0", "eth1"))


def routes():
    return [sorted(shown(family, "route", "show", "table", table)) for family in ("-4", "-6") for table in ("main", "100")]


def without_outsides(lines):
    """Return routes without those to what stands beyond the interfaces, and without what the kernel adds by itself."""
    return [
        [line for line in table if "outside" not in line and "beyond" not in line and "fe80::/64" not in line]
        for table in lines
    ]


@pytest.fixture(name="both", scope="module")
def fixture_both():
    """What a host shows and what its copy does, of interfaces, routes and rules."""
    small_host.require()

    def show():
        return interfaces(), without_outsides(routes()), shown("rule")

    def compare():
        network = host_network.read()
        return show(), sandbox.inside(lambda: (host_network.copy(network), show())[1])

    commands = ["ip rule add from 10.0.0.0/8 table 100", "ip route add default via 10.0.0.254 table 100"]
    commands += ["ip route add blackhole 198.51.100.0/24", "ip route add 172.16.0.0/12 dev eth1 metric 7"]
    return small_host.inside(compare, commands=commands)


def test_interfaces_have_their_names_indexes_and_addresses(both):
    (here, _routes, _rules), (there, *_more) = both
    assert there == here and len(there) == 3


def test_routes_are_those_of_the_host(both):
    (_links, here, _rules), (_copied, there, _more) = both
    assert there == here and [len(table) for table in there] == [6, 1, 2, 0]


def test_rules_of_routing_are_those_of_the_host(both):
    (*_here, here), (*_there, there) = both
    assert there == here and any("10.0.0.0/8 lookup 100" in rule for rule in there)


def test_the_copy_forwards_and_does_not_filter_by_routes():
    small_host.require()

    def settings():
        found = []
        for name in ("ipv4/ip_forward", "ipv6/conf/all/forwarding", "ipv4/conf/eth0/rp_filter", "ipv4/conf/all/rp_filter"):
            with open("/proc/sys/net/" + name) as stream:
                found.append(stream.read().strip())
        return found

    def copied():
        network = host_network.read()
        return sandbox.inside(lambda: (host_network.copy(network), settings())[1])

    assert small_host.inside(copied, commands=["sysctl -qw net.ipv4.conf.all.rp_filter=1"]) == ["1", "1", "0", "0"]


def test_the_host_is_what_it_was():
    small_host.require()

    def look():
        return shown("-o", "link"), shown("-o", "address"), routes(), shown("rule")

    def compare():
        before, network = look(), host_network.read()
        sandbox.inside(lambda: host_network.copy(network))
        return before == look()

    assert small_host.inside(compare)


def test_what_is_switched_off_is_not_copied():
    small_host.require()
    names = small_host.inside(
        lambda: [link.name for link in host_network.read().links], commands=["ip link set eth1 down"]
    )
    assert "eth0" in names and "eth1" not in names


def test_hardware_addresses_are_those_of_single_hosts():
    small_host.require()

    def read():
        return {link.name: link.hardware and link.hardware.hex() for link in host_network.read().links}

    found = small_host.inside(read)
    assert (found["lo"], found["eth0"]) == (None, "020000000010")


def test_a_network_that_is_too_large_is_not_copied(monkeypatch):
    small_host.require()
    monkeypatch.setattr(host_network, "MOST_LINKS", 3)
    with pytest.raises(NotRehearsed) as error:
        small_host.inside(host_network.read)
    assert str(error.value) == "this host has 5 interfaces and 3 routes, more than are copied (3, 4000)"


def test_an_interface_that_cannot_be_made_is_named():
    small_host.require()
    taken = host_network.Link(1, "eth9", None, False)  # the index of the loopback interface
    with pytest.raises(NotRehearsed, match="^interface eth9 cannot be copied "):
        sandbox.inside(lambda: host_network.copy(Network([taken], [], [], [])))


def test_the_copy_accepts_packets_as_soon_as_it_is_made():
    """The kernel connects interfaces and accepts IPv6 addresses some time after it was told to."""
    small_host.require()

    def ready():
        links = [line for line in shown("-o", "link") if "LOOPBACK" not in line]
        accepted = [line.split()[1] for line in shown("-6", "route", "show", "table", "local", "type", "local")]
        return [line for line in links if " state UP " not in line], "2001:db8::10" in accepted, len(links)

    def copied():
        network = host_network.read()
        return [sandbox.inside(lambda: (host_network.copy(network), ready())[1]) for _time in range(10)]

    assert small_host.inside(copied) == [[[], True, 8]] * 10


@pytest.mark.parametrize("what", ["_connected", "_accepted"])
def test_a_kernel_that_is_not_done_in_time_judges_nothing(monkeypatch, what):
    small_host.require()
    monkeypatch.setattr(host_network, "_PATIENCE", 0.05)
    monkeypatch.setattr(host_network, what, lambda _kernel: set())

    def copied():
        network = host_network.read()
        sandbox.inside(lambda: host_network.copy(network))

    with pytest.raises(NotRehearsed, match="^the kernel is not done with a copy of the network within 0.05 s$"):
        small_host.inside(copied)


def test_copying_leaves_what_was_read():
    """It is copied once for each ruleset that is looked at."""
    small_host.require()

    def copied_twice():
        network = host_network.read()
        before = str(network)
        for _time in range(2):
            sandbox.inside(lambda: host_network.copy(network))
        return sandbox.inside(lambda: (host_network.copy(network), before == str(network))[1]), before == str(network)

    assert small_host.inside(copied_twice) == [True, True]


def test_a_setting_is_written_where_it_is_another_one(tmp_path, monkeypatch):
    monkeypatch.setattr(host_network, "_SETTINGS", str(tmp_path) + "/{}")
    setting = tmp_path / "ip_forward"
    setting.write_text("0\n")
    host_network._set("ip_forward", "1")
    assert setting.read_text() == "1"
    before = setting.stat().st_mtime_ns
    host_network._set("ip_forward", "1")
    assert setting.stat().st_mtime_ns == before
    host_network._set("of/a/protocol/that/is/not/there", "1")


def test_where_settings_cannot_be_changed_nothing_is_rehearsed(monkeypatch):
    def refused(_setting, _value):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(host_network, "_set", refused)
    with pytest.raises(NotRehearsed, match="^the setting ipv4/.* of a network cannot be changed here .*[Rr]ead-only"):
        host_network.copy(Network([], [], [], []))


def test_a_kernel_that_does_not_tell_its_network(monkeypatch):
    def refused(*_arguments):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(host_network.netlink, "Netlink", refused)
    with pytest.raises(NotRehearsed, match=r"does not tell the network of this host \(Operation not permitted\)"):
        host_network.read()
