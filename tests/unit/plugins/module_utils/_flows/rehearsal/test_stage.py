# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage with the kernel's own rules: which packets pass, and where the others are dropped."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, host_network, sandbox, stage
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import Probe
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.probes import Trial
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN, Stage
from ansible_collections.fleet.ports.tests.unit.fakes import small_host

PROBES = {
    "in": Probe("input", "udp", "198.51.100.7", 1024, "192.0.2.10", 69, "eth0"),
    "in6": Probe("input", "tcp", "2001:db8:2::7", 1024, "2001:db8::10", 22, "eth0"),
    "out": Probe("output", "udp", "192.0.2.10", 1024, "198.51.100.7", 69, None),
    "out6": Probe("output", "tcp", "2001:db8::10", 1024, "2001:db8:2::7", 22, None),
    "through": Probe("forward", "tcp", "10.1.0.7", 1024, "198.51.100.7", 111, "eth1"),
}
PASSED = {name: None for name in PROBES}


def judged(rules, function=None, commands=(), **options):
    """Return ``{name: None, UNKNOWN or [hook, place, index, names]}`` of each probe with these rules on a host."""
    small_host.require("nft", *options.pop("programs", ()))

    def judge():
        network = host_network.read()
        loaded = filters.read(small_host.run, small_host.find)
        index = {link.name: link.index for link in network.links}
        trials = {
            name: Trial(probe._replace(interface=index.get(probe.interface)), (name,), (), False)
            for name, probe in options.get("probes", PROBES).items()
        }

        def on_stage():
            made = Stage(small_host.run, small_host.find, network)
            made.load(loaded)
            made.reread()
            if function:
                return function(made, trials, loaded)
            return shown(made.verdicts(trials.values()), trials)

        return sandbox.inside(on_stage)

    return small_host.inside(judge, rules, commands)


def shown(verdicts, trials):
    return {name: described(verdicts[trial]) for name, trial in trials.items()}


def described(cause):
    if cause in (None, UNKNOWN):
        return cause
    return [cause.hook, " ".join(cause.chain), cause.index, sorted(cause.names)]


def table(chains, family="inet"):
    return "table %s t {\n%s\n}\n" % (family, "\n".join(chains))


def base(hook, *lines, **options):
    policy = options.get("policy", "accept")
    head = "type filter hook %s priority 0; policy %s;" % (hook, policy)
    return "chain %s {\n%s\n%s\n}" % (hook, head, "\n".join(lines))


def dropped(name, hook, chain, index, *names):
    return dict(PASSED, **{each: [hook, chain, index, list(names)] for each in name.split()})


CASES = [
    ("nothing", "", PASSED),
    ("policy", table([base("input", "tcp dport 22 accept", policy="drop")]), dropped("in", "input", "inet t input", None)),
    ("rule", table([base("input", "tcp dport 80 accept", "reject")]), dropped("in in6", "input", "inet t input", 1)),
    ("port", table([base("input", "udp dport 69 drop")]), dropped("in", "input", "inet t input", 0, "port")),
    ("peer", table([base("input", "ip saddr 198.51.100.0/24 drop")]), dropped("in", "input", "inet t input", 0, "address")),
    ("output", table([base("output", policy="drop")]), dropped("out out6", "output", "inet t output", None)),
    ("forward", table([base("forward", "oifname eth0 drop")]), dropped("through", "forward", "inet t forward", 0, "interface")),
    ("prerouting", table([base("prerouting", "meta nfproto ipv6 drop")]), dropped("in6", "prerouting", "inet t prerouting", 0)),
    ("family", table([base("input", policy="drop")], "ip6"), dropped("in6", "input", "ip6 t input", None)),
    (
        "jump",
        table(["chain wan {\nudp dport 70 accept\ndrop\n}", base("input", "iifname eth0 jump wan")]),
        dropped("in in6", "input", "inet t wan", 1),
    ),
    (
        "map",
        table(["chain wan {\ntcp dport 22 accept\ndrop\n}", base("input", 'iifname vmap { "eth0" : goto wan }')]),
        dropped("in", "input", "inet t wan", 1),
    ),
    (
        "set",
        table(["set banned {\ntype ipv4_addr\nelements = { 198.51.100.7 }\n}", base("input", "ip saddr @banned drop")]),
        dropped("in", "input", "inet t input", 0, "address"),
    ),
    (
        "ingress",
        "table netdev early {\nchain c {\ntype filter hook ingress device eth0 priority 0\nudp dport 69 drop\n}\n}\n",
        dropped("in", "ingress", "netdev early c", 0, "port"),
    ),
    ("dormant", "table inet t {\nflags dormant\n%s\n}\n" % base("input", policy="drop"), PASSED),
    ("bridge", table([base("input", policy="drop")], "bridge"), PASSED),
]


@pytest.mark.parametrize("rules, verdicts", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_kernel_says_what_passes_and_where_the_rest_is_dropped(rules, verdicts):
    assert judged(rules) == verdicts


def unanswered(rules, probe):
    """Return why the answer to a packet of a flow is dropped, None if it is not; the packet itself passes."""

    def judge(made, trials, _loaded):
        verdicts = made.verdicts(trials.values())
        return verdicts[trials["one"]], described(made.unanswered.get(trials["one"]))

    verdict, cause = judged(rules, judge, probes={"one": probe})
    assert verdict is None
    return cause


def test_an_answer_that_belongs_to_no_connection_is_dropped():
    closed = table([base("output", "ct state established accept", policy="drop")])
    assert unanswered(closed, PROBES["in"]) is None
    early = "table inet early { chain any { type filter hook prerouting priority raw; udp dport 69 notrack; }; }\n"
    assert unanswered(early + closed, PROBES["in"]) == ["output", "inet t output", None, []]
    assert unanswered(early, PROBES["in"]) is None
    assert unanswered(table([base("input", "ip saddr 198.51.100.7 drop")]), PROBES["out"])[3] == ["address"]


def test_answers_are_for_whom_the_host_put_in_place_of_the_sender():
    through = Probe("forward", "udp", "10.1.0.7", 1024, "198.51.100.7", 111, "eth1")
    closed = table([base("forward", "ct state established accept", "udp dport 111 accept", policy="drop")])
    hidden = "table ip nat { chain post { type nat hook postrouting priority srcnat; oifname eth0 masquerade; }; }\n"
    assert unanswered(closed, through) is None
    assert unanswered(hidden + closed, through) is None
    assert unanswered(hidden + closed.replace("ct state established", "ct state invalid"), through)[0] == "forward"


def test_answers_to_what_the_host_redirected_are_sent_back_as_they_came():
    moved = "table ip nat { chain pre { type nat hook prerouting priority dstnat; udp dport 69 redirect to :6969; }; }\n"
    assert unanswered(moved + table([base("output", "ct state established accept", policy="drop")]), PROBES["in"]) is None


def test_a_connection_and_what_goes_to_all_have_no_such_answers():
    closed = table([base("output", policy="drop")])
    assert unanswered(closed, PROBES["in6"]) is None
    assert unanswered(closed, Probe("input", "udp", "0.0.0.0", 68, "255.255.255.255", 67, "eth0")) is None


def test_rules_of_iptables_are_judged_too():
    commands = ["iptables-nft -A INPUT -p udp -m multiport --dports 60:70 -j DROP"]
    assert judged("", commands=commands, programs=["iptables-nft", "iptables-nft-save", "iptables-nft-restore"]) == dropped(
        "in", "input", "ip filter INPUT", 0, "port"
    )


def test_what_iptables_legacy_drops_leaves_no_trace():
    programs = ["iptables-legacy", "iptables-legacy-save", "iptables-legacy-restore"]
    try:
        found = judged("", commands=["iptables-legacy -A INPUT -p udp --dport 69 -j DROP"], programs=programs)
    except NotRehearsed as error:
        pytest.skip("no rules of iptables-legacy can be made here: %s" % error)
    assert found == dict(PASSED, **{"in": UNKNOWN})


def test_another_script_is_loaded_after_the_rules_and_in_their_place():
    def load_twice(made, trials, loaded):
        made.load(loaded, "insert rule inet t input udp dport 69 accept\n")
        opened = shown(made.verdicts(trials.values()), trials)
        made.load(loaded)
        return [opened, shown(made.verdicts(trials.values()), trials)]

    rules = table([base("input", "tcp dport 22 accept", policy="drop")])
    assert judged(rules, load_twice) == [PASSED, dropped("in", "input", "inet t input", None)]


def test_numbers_of_rules_are_those_without_the_script():
    """The rules are read once: what is loaded after them must not change which rule a number means."""

    def load_more(made, trials, loaded):
        made.load(loaded, "insert rule inet t input tcp dport 9 accept\ntable inet t { chain fleet { accept; }; }\n")
        return shown(made.verdicts(trials.values()), trials)

    rules = table(["chain wan {\ndrop\n}", base("input", "ip saddr 203.0.113.9 drop", "jump wan")])
    assert judged(rules, load_more) == dropped("in in6", "input", "inet t wan", 0)


def test_what_arrives_where_nothing_is_filtered():
    probes = dict(PROBES, lost=Probe("forward", "tcp", "10.1.0.7", 1024, "198.18.0.9", 111, "eth1"))

    def arrive(made, trials, loaded):
        verdicts = shown(made.verdicts(trials.values()), trials)
        found = made.arriving(list(trials.values()), loaded)
        return verdicts["lost"], sorted(name for name, trial in trials.items() if trial in found)

    found = judged(
        table([base("input", policy="drop")]), arrive, ["ip route add blackhole 198.18.0.0/15"], probes=probes
    )
    assert found == [UNKNOWN, sorted(PROBES)]


def test_interfaces_are_named():
    def name(made, trials, _loaded):
        return {each: made.interface(trial.probe) for each, trial in trials.items()}

    assert judged("", name) == {"in": "eth0", "in6": "eth0", "out": "eth0", "out6": "eth0", "through": "eth1"}


def test_rules_that_do_not_load_judge_nothing():
    def load_nonsense(made, _trials, loaded):
        made.load(loaded, "nonsense\n")

    with pytest.raises(NotRehearsed, match="^'.*nft -f -' failed: /dev/stdin:"):
        judged("", load_nonsense)


def trial(source, destination, ports=(1, 2), protocol="udp", interface=2):
    return Trial(Probe("input", protocol, source, ports[0], destination, ports[1], interface), (), (), False)


def test_conversations_are_not_mixed():
    here, back = trial("192.0.2.1", "192.0.2.2"), trial("192.0.2.2", "192.0.2.1", (2, 1))
    elsewhere, other = here._replace(probe=here.probe._replace(interface=3)), trial("192.0.2.1", "192.0.2.2", protocol="tcp")
    found = list(stage._batches([here, back, elsewhere, other]))
    assert found == [[here, other], [back], [elsewhere]]
    assert list(stage._batches([])) == []
