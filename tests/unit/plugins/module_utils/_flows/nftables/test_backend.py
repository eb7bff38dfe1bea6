# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nftables backend with the real nft, in a network namespace of its own; where that can't be had, nothing runs.

The host's rules are only read here; test_judgement.py has what a rehearsal changes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import Service
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import (
    backend as _nft_backend,
    boot_script,
    nft_script,
    ruleset,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.backend import Nftables
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host as AnyHost

NFT = shutil.which("nft", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

DROPS = """\
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        ip saddr 203.0.113.9 drop
        tcp dport 22 accept
    }
    chain output {
        type filter hook output priority 0; policy accept;
    }
}
"""
REJECTS = DROPS.replace("policy drop", "policy accept").replace("22 accept", "22 accept\n        reject")


def flow(port="111", **changes):
    source, destination = {"role": "c", "ports": ["512-1023", "2049"]}, {"role": "m", "ports": [port, "4045-4046"]}
    whole = {"id": "f", "direction": "in", "protocol": "tcp", "initiates": True}
    return dict(dict(whole, source=source, destination=destination), **changes)


def wanted(*flows, **options):
    peers = options.get("peers", {"c": ["198.51.100.0/24", "192.0.2.7", "2001:db8::/64"]})
    return opening(list(flows) or [flow()], peers, options.get("interfaces", []))


def nothing_is_rehearsed(_function):
    raise NotRehearsed("this is a test")


SETTINGS = Settings(default_action=None, max_rules=None, connection="", on_blocked="fail", inside=nothing_is_rehearsed)
NOT_REHEARSED = (
    "The flows were not rehearsed on this host, because this is a test: whether packets pass was not seen. Run the playbook"
    " fleet.ports.verify to see it."
)


class NftablesHost:
    """A network namespace with nft's rules, and the script from which they are loaded at boot."""

    def __init__(self, folder):
        self.process = subprocess.Popen(["unshare", "--net", "sleep", "300"])
        self.script = folder / "nftables.conf"
        self.memory = {}
        mine = os.readlink("/proc/self/ns/net")
        for _attempt in range(100):
            if os.readlink("/proc/%d/ns/net" % self.process.pid) != mine:
                break
            time.sleep(0.02)

    def run(self, arguments, data=None, cwd="/", environ_update=None, **_options):
        namespace = "--net=/proc/%d/ns/net" % self.process.pid
        done = subprocess.Popen(
            ["nsenter", namespace] + arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=dict(os.environ, **dict({"TZ": "America/New_York"}, **(environ_update or {}))),
        )
        output, errors = done.communicate(data)
        return done.returncode, output.decode(), errors.decode()

    def nft(self, text):
        code, output, errors = self.run([NFT, "-f", "-"], text.encode())
        assert code == 0, errors
        return output

    def boot(self, text=None):
        if text is not None:
            self.script.write_text(text)
        self.nft("flush ruleset")
        assert self.run([NFT, "-f", str(self.script)]) == (0, "", "")

    def receives(self):
        """Say if a datagram from a port of the flow reaches one of its ports."""
        program = (
            "import socket; ear, mouth = (socket.socket(type=socket.SOCK_DGRAM) for _each in '12')\n"
            "ear.bind(('127.0.0.1', 111)); ear.settimeout(0.3); mouth.bind(('127.0.0.1', 2049))\n"
            "mouth.sendto(b'x', ear.getsockname())\n"
            "try: print(ear.recv(1) == b'x')\n"
            "except socket.timeout: print(False)"
        )
        return {"True\n": True, "False\n": False}[self.run([sys.executable, "-c", program])[1]]

    def rules(self):
        return self.run([NFT, "list", "ruleset"])[1]

    def backend(self, enabled=True, active=True):
        exec_start = "{ path=%s ; argv[]=%s -f %s ; status=0/0 }" % (NFT, NFT, self.script)
        return Nftables(self, SimpleNamespace(nftables=Service(True, enabled, active, exec_start)), SETTINGS)

    @staticmethod
    def find(name):
        return NFT if name == "nft" else None

    def change(self, what, **options):
        return self.backend(**options).change(what, self.memory)

    def settle(self, what):
        change = self.change(what)
        assert change.needed
        change.apply()
        assert not self.change(what).needed
        return change


@pytest.fixture(name="host")
def fixture_host(tmp_path, monkeypatch):
    if NFT is None or os.geteuid() != 0:
        pytest.skip("needs root and nft")
    ours = str(tmp_path / "ours.nft")
    monkeypatch.setattr(boot_script, "RULES_FILE", ours)
    monkeypatch.setattr(nft_script, "RULES_FILE", ours)
    monkeypatch.setattr(boot_script, "INCLUDE", 'include "%s"\n' % ours.replace(".nft", ".nf[t]"))
    host = NftablesHost(tmp_path)
    try:
        if host.run([NFT, "list", "ruleset"])[0] != 0:
            pytest.skip("nft does not work in a network namespace here")
        yield host
    finally:
        host.process.kill()
        host.process.wait()


@pytest.mark.parametrize("script", [DROPS, REJECTS])
def test_what_was_loaded_now_is_loaded_at_boot_and_recognized(host, script):
    host.boot(script)
    change = host.settle(wanted(flow(), flow("5-7", id="g", protocol="udp"), interfaces=["eth1", "eth0"]))
    assert (change.report.rules, change.report.enforced) == (4, ["input"])
    applied = host.rules()
    host.boot()
    assert host.rules() == applied
    assert not host.change(wanted(flow(), flow("5-7", id="g", protocol="udp"), interfaces=["eth1", "eth0"])).needed


@pytest.mark.parametrize("script", [DROPS, REJECTS])
def test_the_host_is_given_back(host, script):
    host.boot(script)
    before = host.rules()
    host.settle(wanted())
    host.settle(NOTHING)
    assert host.rules() == before
    assert host.script.read_text() == script
    assert not os.path.exists(nft_script.RULES_FILE)
    assert host.change(NOTHING).report.memory is None


def test_explicit_drops_before_the_end_stay_in_force(host):
    host.boot(DROPS)
    host.settle(wanted())
    lines = [line.strip() for line in host.rules().splitlines()]
    assert lines.index("ip saddr 203.0.113.9 drop") < lines.index("jump fleet_ports_input")


def test_a_jump_comes_before_what_drops_everything(host):
    host.boot(REJECTS)
    host.settle(wanted())
    lines = [line.strip() for line in host.rules().splitlines()]
    assert lines.index("jump fleet_ports_input") < lines.index("reject")


@pytest.mark.parametrize(
    "meddling",
    [
        "flush chain inet filter input\nadd rule inet filter input tcp dport 22 accept",
        "add rule inet filter fleet_ports_input tcp dport 80 accept",
        "insert rule inet filter fleet_ports_input drop",
        "add element inet filter fleet_ports_c_v4 { 203.0.113.1 }",
        "add rule inet filter input jump fleet_ports_input",
        "flush set inet filter fleet_ports_c_v6",
    ],
)
def test_what_was_edited_externally_is_repaired(host, meddling):
    host.boot(DROPS)
    host.settle(wanted())
    host.nft(meddling)
    repair = host.settle(wanted())
    assert [shown["before_header"] for shown in repair.diffs()] == ["running ruleset"]


FOREIGN = [
    "tcp dport 22 counter accept",
    'tcp dport 23 log prefix "# handle 7" accept comment "\u00fc"',
    "limit rate 3/minute accept",
    "ip saddr 203.0.113.7 drop",
    "tcp dport != 80 drop",
    "ip saddr 10.0.0.0/8 tcp dport { 1-3, 7 } accept",
    "ct state vmap { new : accept }",
    "ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 33, 10.0.0.3 . 44 } counter",
    'meta time != "2026-07-01 00:00:00" accept',
    "ip saddr @fleet_ports_c_v4 drop",
    "jump theirs",
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_the_way_back_is_open_with_a_foreign_rule_in_a_managed_chain(host, foreign):
    host.boot(DROPS)
    host.nft("add chain inet filter theirs")
    host.settle(wanted())
    host.nft("add rule inet filter fleet_ports_input " + foreign)
    host.nft("insert rule inet filter fleet_ports_input " + foreign)
    before = host.rules()
    change = host.change(wanted(flow("5-7")))
    live = json.loads(json.dumps(change.former_state()["live"]))
    change.apply()
    assert host.rules() != before
    host.backend().restore(live, [])
    assert host.rules() == before
    host.backend().restore(live, [])
    assert host.rules() == before


def test_a_load_that_hangs_is_taken_back_with_a_foreign_rule_in_a_managed_chain(host):
    host.boot(DROPS)
    host.settle(wanted())
    host.nft("add rule inet filter fleet_ports_input " + FOREIGN[0])
    before = host.rules()
    change = host.change(NOTHING)
    load = change._load

    def loads_and_hangs():
        load()
        raise HostError("It hangs.")

    change._load = loads_and_hangs
    with pytest.raises(HostError, match="^It hangs.$"):
        change.apply()
    assert host.rules() == before


def test_what_could_not_be_loaded_again_is_one_sentence_and_nothing_is_written(host, monkeypatch):
    host.boot(DROPS)
    host.settle(wanted())
    host.nft("add rule inet filter fleet_ports_input " + FOREIGN[0])
    before = host.rules()
    monkeypatch.setattr(ruleset, "_by_handle", lambda text: dict.fromkeys(range(99), "nonsense"))
    with pytest.raises(HostError) as error:
        host.change(NOTHING)
    assert str(error.value).startswith(
        "The current content of the chains fleet_ports_input cannot be loaded again, which may be needed to undo this"
        " change ('nft -c -f -' failed: "
    )
    assert str(error.value).endswith(
        "; nothing was changed.) Remove the rules in these chains that are not managed by fleet.ports."
    )
    assert host.rules() == before


def test_a_renamed_table_neither_stops_the_boot_nor_the_next_run(host):
    host.boot(DROPS)
    host.settle(wanted())
    host.boot(host.script.read_text().replace("inet filter", "inet fw"))
    host.settle(wanted())
    host.boot()
    assert "inet filter" not in host.rules()
    assert not host.change(wanted()).needed


def test_a_missing_file_does_not_stop_the_boot(host):
    host.boot(DROPS)
    host.settle(wanted())
    os.unlink(nft_script.RULES_FILE)
    host.boot()
    host.settle(wanted())


def test_where_nothing_is_dropped_nothing_is_written(host):
    host.boot(
        "table inet filter {\n chain input {\n type filter hook input priority 0\n ct state invalid drop\n }\n}\n"
    )
    change = host.change(wanted())
    assert not change.needed
    assert (change.report.enforced, change.report.rules, change.report.memory) == ([], 0, None)


def test_ten_thousand_peers_are_one_set(host):
    host.boot(DROPS)
    many = ["10.{0}.{1}.7/32".format(number // 250, number % 250) for number in range(10000)]
    change = host.settle(wanted(peers={"c": many}))
    assert change.report.rules == 1


def test_all_addresses_of_both_families(host):
    host.boot(DROPS)
    host.settle(wanted(peers={"c": ["0.0.0.0/0", "::/0"]}))


def test_a_chain_that_no_script_makes_is_opened_now_and_warned_about(host):
    host.boot(DROPS)
    host.nft("table ip live {\n chain in {\n type filter hook input priority 5; policy drop;\n }\n}")
    change = host.settle(wanted())
    assert change.report.warnings == [
        NOT_REHEARSED,
        "Chain in of table ip live is not made by {0}: after a boot its flows stay closed until this module runs "
        "again.".format(host.script),
    ]
    host.boot()
    assert "table ip live" not in host.rules()


def test_a_service_that_does_not_start_at_boot_is_warned_about(host):
    host.boot(DROPS)
    assert host.change(wanted(), enabled=False).report.warnings == [
        NOT_REHEARSED,
        "nftables.service is not enabled, so neither this host's rules nor the flows are loaded at boot.",
    ]


def test_a_host_whose_kernel_was_not_asked_says_so(host):
    host.boot(DROPS)
    report = host.change(wanted()).report
    assert (report.rehearsed, report.not_rehearsed, report.blocked) == (False, "this is a test", [])
    assert report.memory == {"script": str(host.script)}


def test_rules_that_were_not_loaded_are_one_sentence(host):
    with pytest.raises(HostError) as error:
        host.change(wanted(), active=False)
    assert str(error.value) == (
        "nftables.service is enabled but not active, so the host's rules are not loaded; start it first."
    )


def test_a_script_that_would_not_load_is_one_sentence_and_nothing_is_written(host):
    host.boot(DROPS)
    host.script.write_text(DROPS + "table inet x { chain y { nonsense } }\n")
    with pytest.raises(HostError) as error:
        host.change(wanted())
    assert str(error.value).startswith("The host's rules would not load at boot ({0}:11:".format(host.script))
    assert str(error.value).endswith("); correct {0} first. Nothing was changed.".format(host.script))
    assert not os.path.exists(nft_script.RULES_FILE)


def test_a_table_of_iptables_is_not_touched(host):
    host.boot(DROPS)
    host.nft("table ip filter {\n chain INPUT {\n type filter hook input priority 0; policy drop;\n }\n}")
    with pytest.raises(HostError) as error:
        host.change(wanted())
    assert str(error.value) == (
        "Chain INPUT of table ip filter drops packets at the hook input and is managed by iptables, so nft must not"
        " edit it; open the flows with iptables, or move the rules of that chain to a table of your own."
    )
    assert host.change(wanted(flow(direction="out"), peers={"m": ["192.0.2.1"]})).report.rules == 1  # the reply


def test_a_transaction_that_fails_leaves_everything_as_it_was(host):
    host.boot(DROPS)
    change, before = host.change(wanted()), host.rules()
    change._load = lambda: host.backend()._load(b"nonsense\n")
    with pytest.raises(HostError) as error:
        change.apply()
    assert str(error.value).startswith("'nft -f -' failed: ")
    assert (host.rules(), host.script.read_text(), os.path.exists(nft_script.RULES_FILE)) == (before, DROPS, False)


def test_without_nft_the_files_are_given_back(host):
    host.boot(DROPS)
    host.settle(wanted())
    change = Nftables(AnyHost(None, lambda _name: None), SimpleNamespace(nftables=None), SETTINGS).change(
        NOTHING, {"script": str(host.script)}
    )
    change.apply()
    assert host.script.read_text() == DROPS
    assert not os.path.exists(nft_script.RULES_FILE)


def windowed(opened, seconds):
    return opening([flow(protocol="udp")], {"c": ["127.0.0.0/8"]}, [], {"c": (opened, opened + seconds)})


def test_a_group_with_a_span_is_recognized_in_summer_and_winter(host):
    host.boot(DROPS)
    for begin in 1767225600, 1782864000:
        host.settle(windowed(begin, 14400))
        assert "flags interval,timeout" in host.rules()
        host.boot()
        assert not host.change(windowed(begin, 14400)).needed


def test_where_nft_knows_no_times_there_are_no_windows(host, monkeypatch):
    host.boot(DROPS)
    monkeypatch.setattr(_nft_backend, "_TIMED", b"what an old release does not understand\n")
    with pytest.raises(HostError) as error:
        host.change(windowed(1767225600, 14400))
    assert str(error.value) == (
        "nftables on this host cannot match the time, which windows need; update it to 0.9.3 or later on Linux 5.4"
        " or later, or do not set nim_firewall_window for this host."
    )
    assert not host.change(NOTHING).needed


def test_a_group_with_a_span_is_closed_at_its_end_without_the_job(host):
    """Loaded once more after its end, as at a boot, it stays closed."""
    host.boot(DROPS)
    host.run(["ip", "link", "set", "lo", "up"])
    now = int(time.time())
    host.settle(windowed(now, 6))
    assert host.receives()
    time.sleep(max(now + 6 - time.time(), 0))
    assert not host.receives()
    host.boot()
    assert not host.receives()


def test_the_listing_is_what_this_reads(host):
    """A release of nft that lists rules in another way would make every run change something."""
    host.boot(DROPS)
    host.settle(wanted())
    listing = json.loads(host.run([NFT, "-j", "list", "ruleset"])[1])["nftables"]
    assert {kind for item in listing for kind in item} <= {"metainfo", "table", "chain", "set", "rule"}
