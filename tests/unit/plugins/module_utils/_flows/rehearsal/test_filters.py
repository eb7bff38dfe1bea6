# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host's packet filters as texts: what is copied of them, what is not, and how rates are kept or exceeded."""

import re

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.filters import Filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

INET = """\
table inet filter {
\tset banned {
\t\ttype ipv4_addr
\t\tflags interval
\t\telements = { 203.0.113.0/24,
\t\t\t     203.0.113.9 }
\t}

\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tlog prefix "xt match # " accept
\t}
}
"""
ARP, BRIDGE = ("table %s t {\n\tchain c {\n\t}\n}\n" % family for family in ("arp", "bridge"))
WARNING = "# Warning: table ip filter is managed by iptables-nft, do not touch!\n"
XT = "table %s %s {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy accept;\n\t\t%s\n\t}\n}\n"
EXTENSIONS = [
    "xt match recent counter packets 0 bytes 0 drop",
    'meta l4proto tcp xt match "recent" counter packets 0 bytes 0 drop',
    'counter packets 0 bytes 0 xt target "LOG"',
    'log prefix "# " #recent: UPDATE name: x counter packets 0 bytes 0 drop',  # as nft 0.9 lists them
    "ip saddr 192.0.2.7 # xt_recent",
]


class Programs:
    """Programs that print what they were told, under names that begin with these; ``started`` are those that ran."""

    def __init__(self, *missing, **printed):
        self.missing, self.printed, self.started = missing, printed, []

    def find(self, name):
        return None if name in self.missing else "/usr/sbin/" + name

    def run(self, command, data=None, **_options):
        self.started.append((" ".join(command), data))
        name = command[0].rpartition("/")[2]
        answer = self.printed.get(name.replace("-", "_"), "%s of %s\n" % (name, command[-1]))
        return answer if isinstance(answer, tuple) else (0, answer, "")


def read(*missing, **printed):
    programs = Programs(*missing, **printed)
    return filters.read(programs.run, programs.find)


@pytest.fixture(name="legacy", autouse=True)
def fixture_legacy(tmp_path, monkeypatch):
    """The file in which the kernel names tables of iptables-legacy."""
    names = tmp_path / "ip_tables_names"
    names.write_text("")
    monkeypatch.setattr(filters, "LEGACY_TABLES", {str(names): "iptables", str(tmp_path / "missing"): "ip6tables"})
    return names


def test_tables_of_nft_are_copied_as_they_are_listed():
    assert read(nft=INET) == Filters(INET, [])
    assert read(nft="") == Filters("", [])


def test_what_no_packet_of_a_flow_reaches_is_not_copied():
    assert read(nft=ARP + INET + BRIDGE) == Filters(INET, [])


@pytest.mark.parametrize("family, program", [("ip", "iptables"), ("ip6", "ip6tables")])
@pytest.mark.parametrize("rule", EXTENSIONS)
def test_tables_with_extensions_of_iptables_are_saved_by_it(rule, family, program):
    found = read(nft=INET + WARNING + XT % (family, "mangle", rule))
    assert found.nft == INET
    assert found.saved == [(["/usr/sbin/%s-nft-restore" % program], "%s-nft-save of mangle\n" % program)]


def test_counts_of_elements_are_no_extensions():
    counted = INET.replace("flags interval", "flags interval\n\t\tsize 65535\t# count 2")
    assert read(nft=counted) == Filters(counted, [])


def test_extensions_elsewhere_cannot_be_copied():
    with pytest.raises(NotRehearsed, match="^table inet x has rules of a program that cannot be copied$"):
        read(nft=XT % ("inet", "x", EXTENSIONS[0]))


@pytest.mark.parametrize("name", ["x y", "x; flush ruleset", ""])
def test_a_table_that_cannot_be_read_judges_nothing(name):
    """Not to copy it would be to overlook what it drops."""
    with pytest.raises(NotRehearsed, match="^a table of this host has a name that nft itself cannot read$"):
        read(nft=INET + INET.replace("inet filter", "inet " + name))


def test_without_nft_nothing_is_rehearsed():
    with pytest.raises(NotRehearsed, match="^nft is not installed$"):
        read("nft")


def test_tables_of_legacy_iptables_are_saved_by_it(legacy):
    legacy.write_text("nat\nfilter\n")
    assert read(nft=INET).saved == [
        (["/usr/sbin/iptables-legacy-restore"], "iptables-legacy-save of nat\n"),
        (["/usr/sbin/iptables-legacy-restore"], "iptables-legacy-save of filter\n"),
    ]


def test_where_there_is_one_iptables_only_its_release_tells_which(legacy):
    legacy.write_text("filter\n")
    old = dict(nft=INET, iptables_save="iptables v1.4.21\n")
    assert read("iptables-legacy-save", **old).saved == [(["/usr/sbin/iptables-restore"], "iptables v1.4.21\n")]
    new = dict(nft=INET, iptables_save="iptables v1.8.9 (nf_tables)\n")
    with pytest.raises(NotRehearsed, match="^iptables-legacy-save is not installed, which could read table filter of"):
        read("iptables-legacy-save", **new)
    with pytest.raises(NotRehearsed, match="^iptables-legacy-save is not installed"):
        read("iptables-legacy-save", "iptables-save", nft=INET)


def test_the_one_iptables_may_be_that_of_nftables():
    listed = XT % ("ip", "filter", EXTENSIONS[0])
    assert read("iptables-nft-save", nft=listed, iptables_save="v1.8.9 (nf_tables)\n").saved == [
        (["/usr/sbin/iptables-restore"], "v1.8.9 (nf_tables)\n")
    ]
    with pytest.raises(NotRehearsed, match="^iptables-nft-save is not installed"):
        read("iptables-nft-save", nft=listed, iptables_save="iptables v1.8.9 (legacy)\n")


def test_sets_that_rules_name_are_saved_first(legacy):
    legacy.write_text("filter\n")
    named = "-A INPUT -m set --match-set banned src -j DROP\n"
    found = read(nft=INET, iptables_legacy_save=named)
    assert [command[0] for command, _text in found.saved] == ["/usr/sbin/ipset", "/usr/sbin/iptables-legacy-restore"]
    with pytest.raises(NotRehearsed, match="^ipset is not installed"):
        read("ipset", nft=INET, iptables_legacy_save=named)


SAVED_NFT = (["/sbin/ip6tables-restore"], "# Generated by ip6tables-nft-save v1.8.9 (nf_tables) on Sunday\n*filter\n")
SAVED_LEGACY = (["/sbin/iptables-legacy-restore"], "# Generated by iptables-save v1.8.9 on Sunday\n# (nf_tables)\n*filter\n")


def test_what_nft_does_not_touch_is_legacy():
    assert filters.is_legacy(SAVED_LEGACY) and not filters.is_legacy(SAVED_NFT)
    assert filters.is_legacy((["/sbin/ipset", "restore"], "create banned hash:ip\n"))


def test_the_family_is_that_of_the_program():
    assert (filters.family(SAVED_NFT), filters.family(SAVED_LEGACY)) == ("ip6", "ip")


MANAGED = """\
\tset fleet_ports_c_v4 {
\t\ttype ipv4_addr
\t\tflags interval
\t\telements = { 192.0.2.7 }
\t}

\tchain fleet_ports_input {
\t\tudp dport 67 ip saddr @fleet_ports_c_v4 accept comment "bootp"
\t\tct state vmap { new : accept }
\t}

"""
JUMPS = [
    "jump fleet_ports_input",
    'iifname != "eth1" jump fleet_ports_input',
    'iifname != { "eth1", "{" } jump fleet_ports_input',
    'counter packets 3 bytes 90 jump fleet_ports_input comment "ours"',
]


@pytest.mark.parametrize("jump", JUMPS)
def test_without_what_is_managed_the_rest_is_as_it_was(jump):
    lines = INET.replace("\tchain input", MANAGED + "\tchain input").replace("policy drop;\n", "policy drop;\n\t\t%s\n" % jump)
    assert re.sub("\n\n+", "\n\n", filters.without_managed(lines)) == INET
    assert filters.are_same(Filters(filters.without_managed(lines), []), Filters(INET, []))


@pytest.mark.parametrize(
    "theirs",
    [
        'log prefix "jump fleet_ports_input"',
        "ip saddr @fleet_ports_c_v4 drop",
        'iifname vmap { "eth0" : jump fleet_ports_input }',
        "jump my_fleet_ports_input",
        'tcp dport 22 accept comment "before jump fleet_ports_input"',
    ],
)
def test_what_only_names_it_stays(theirs):
    lines = INET.replace("policy drop;\n", "policy drop;\n\t\t%s\n" % theirs)
    assert filters.without_managed(lines) == lines


def test_nothing_managed_is_nothing_to_take_away():
    assert filters.without_managed(INET) == INET


@pytest.mark.parametrize(
    "flags, kept",
    [
        ("dormant", "\tflags dormant\n"),
        ("owner", "\n"),
        ("owner,persist", "\n"),
        ("dormant,owner", "\tflags dormant\n"),
    ],
)
def test_no_table_is_owned_by_the_process_that_loads_it(flags, kept):
    table = "table inet t {%s\n\tset s {\n\t\ttype ipv4_addr\n\t\tflags dynamic\n\t}\n}\n"
    assert filters.loadable(table % ("\n\tflags " + flags)) == table % ("\n" + kept.rstrip("\n"))
    assert filters.loadable(table % "") == table % ""


def rule(text):
    return "table inet t {\n\tchain c {\n\t\t%s\n\t}\n}\n" % text


@pytest.mark.parametrize(
    "text, never_exceeded",
    [
        ("limit rate 5/second accept", "limit rate 1000000000/second accept"),
        ("limit rate over 5/minute burst 5 packets drop", "limit rate over 1000000000/second drop"),
        ("limit rate 10 mbytes/second burst 2 mbytes drop", "limit rate 1000000000 bytes/second drop"),
        ("limit rate over 9 kbytes/hour drop", "limit rate over 1000000000 bytes/second drop"),
        ("add @m { ip saddr limit rate over 3/day } drop", "add @m { ip saddr limit rate over 1000000000/second } drop"),
        ("ct count over 20 reject", "ct count over 4294967295 reject"),
        ("ct count 20 accept", "ct count 4294967295 accept"),
        ("tcp dport 22 accept", "tcp dport 22 accept"),
    ],
)
def test_at_rest_no_rate_is_exceeded(text, never_exceeded):
    assert filters.at_rest(Filters(rule(text), [])) == Filters(rule(never_exceeded), [])


@pytest.mark.parametrize(
    "options, never_exceeded",
    [
        ("-m limit --limit 5/min --limit-burst 7", "-m limit --limit 10000/sec --limit-burst 10000"),
        ("--hashlimit-above 512kb/s --hashlimit-burst 3", "--hashlimit-above 10000/sec --hashlimit-burst 10000"),
        ("--hashlimit-upto 1/sec --hashlimit-name x", "--hashlimit-upto 10000/sec --hashlimit-name x"),
        ("--hashlimit 1/sec", "--hashlimit 10000/sec"),
        ("--connlimit-above 2 --connlimit-mask 32", "--connlimit-above 4294967295 --connlimit-mask 32"),
        ("-m recent --update --seconds 60 --hitcount 4", "-m recent --update --seconds 60 --hitcount 255"),
        ("-s 192.0.2.7 --dport 22", "-s 192.0.2.7 --dport 22"),
    ],
)
def test_at_rest_no_rate_of_iptables_is_exceeded(options, never_exceeded):
    command, line = ["iptables-restore"], "-A INPUT %s -j DROP\n"
    assert filters.at_rest(Filters("", [(command, line % options)])).saved == [(command, line % never_exceeded)]


@pytest.mark.parametrize(
    "text, exceeded",
    [
        ("limit rate 5/second accept", filters._NEVER + " accept"),
        ("tcp dport 22 limit rate 5/second burst 9 packets accept", "tcp dport 22 %s accept" % filters._NEVER),
        ("meta pkttype host limit rate over 5/minute burst 5 packets drop", "meta pkttype host  drop"),
        ("tcp dport { 22, 80 } limit rate over 9 mbytes/second drop", "tcp dport { 22, 80 }  drop"),
    ],
)
def test_exhausted_every_rate_is_exceeded(text, exceeded):
    assert filters.exhausted(Filters(rule(text), [])) == Filters(rule(exceeded), [])


def test_exhausted_every_rate_of_iptables_is_exceeded():
    saved = [(["iptables-restore"], "-A INPUT -p icmp -m limit --limit 5/min --limit-burst 7 -j ACCEPT\n")]
    assert filters.exhausted(Filters("", saved)).saved[0][1] == "-A INPUT -p icmp -m mark --mark 0x2f1ee7 -j ACCEPT\n"


def test_without_rates_nothing_is_exceeded():
    assert filters.exhausted(Filters(INET, [SAVED_LEGACY])) is None
    assert filters.exhausted(Filters(rule("add @m { ip saddr limit rate over 3/day } drop"), [])) is None


def test_counters_and_dates_are_left_out():
    text = "# Generated by iptables-save on Sunday\n*filter\n:INPUT DROP [12:345]\n[6:789] -A INPUT -j DROP\nCOMMIT\n"
    saved = [(["ipset", "restore"], "add banned 192.0.2.7 timeout 17\n"), (["iptables-restore"], text)]
    assert filters.without_counters(Filters(INET, saved)) == (
        "add banned 192.0.2.7\n\n*filter\n:INPUT DROP \n -A INPUT -j DROP\nCOMMIT\n"
    )


def test_two_are_the_same_but_for_what_they_have_counted():
    def counted(*numbers):
        packets, size, used = numbers
        text = f"counter packets {packets} bytes {size} quota over 5 mbytes used {used} bytes drop"
        return Filters(rule(text + "\n\t\telements = { 192.0.2.7 timeout 1h expires %dm3s }" % numbers[0]), [])

    assert filters.are_same(counted(1, 2, 3), counted(45, 67, 89))
    assert not filters.are_same(counted(1, 2, 3), Filters(INET, []))
    assert not filters.are_same(Filters(INET, [SAVED_LEGACY]), Filters(INET, []))


def test_what_was_saved_is_loaded_in_its_order():
    programs = Programs()
    filters.load_saved(programs.run, Filters("", [(["ipset", "restore"], "sets"), (["iptables-restore"], "rules")]))
    assert programs.started == [("ipset restore", "sets"), ("iptables-restore", "rules")]


def test_what_was_saved_is_cleared_to_let_everything_pass():
    programs = Programs()
    text = "*filter\n:INPUT DROP [1:2]\n:mine - [0:0]\n-A INPUT -j DROP\nCOMMIT\n"
    filters.clear_saved(programs.run, Filters(INET, [(["/sbin/ipset", "restore"], "sets"), (["iptables-restore"], text)]))
    cleared = "*filter\n:INPUT ACCEPT [1:2]\n:mine - [0:0]\nCOMMIT\n"
    assert programs.started == [("iptables-restore", cleared)]


def hang(_command, **_options):
    raise HostError("'nft' does not end")


@pytest.mark.parametrize(
    "run, reason",
    [
        (lambda command, **options: (1, "", "it is wrong\nhere\n"), "^'nft -f -' failed: it is wrong$"),
        (lambda command, **options: (3, "", ""), "^'nft -f -' failed: 3$"),
        (hang, "^'nft' does not end$"),
        (lambda command, **options: (0, "x" * 2000, ""), "^the host's rules are more than 0 MiB$"),
    ],
)
def test_a_program_that_fails_judges_nothing(monkeypatch, run, reason):
    monkeypatch.setattr(filters, "MOST_BYTES", 1000)
    with pytest.raises(NotRehearsed, match=reason):
        filters.output(run, ["nft", "-f", "-"], data="x")
