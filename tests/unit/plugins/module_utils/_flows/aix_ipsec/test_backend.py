# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backend for AIX against the simulated host: the difference only, all or nothing, and everything given back."""

import json

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.backend import AixIpsec
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host as AnyHost
from ansible_collections.fleet.ports.tests.lab.aix.host import Host, Killed

EDITS = ("genfilt", "rmfilt", "mkfilt", "mvfilt", "chfilt", "mkdev", "rmdev", "impfilt")
SSH = "192.0.2.254 40000 192.0.2.10 22"
ANYWHERE = ["-s", "0.0.0.0", "-m", "0.0.0.0", "-d", "0.0.0.0", "-M", "0.0.0.0"]
PEERS = {"nim_client": ["198.51.100.0/24"], "nim_resource_server": ["198.51.100.9"]}


def flow(name, source, destination, role="nim_client", initiates=True):
    return dict(
        id=name, direction="in", protocol="tcp", initiates=initiates,
        source=dict(role=role, ports=source), destination=dict(role="nim_master", ports=destination),
    )  # fmt: skip


REGISTER = flow("nim-register", ["513-1023"], ["1059"])
OPERATE = flow("nim-operate", ["513-1023"], ["1058"])
MOUNT = flow("nfs-reply", ["2049"], ["512-1023"], role="nim_resource_server", initiates=False)


def opening(*flows, **options):
    return flow_rules.opening(flows, options.get("peers", PEERS), ())


class Site:
    """A simulated host, the backend on it, and what the record says."""

    def __init__(self, folder):
        self.host = Host.install(folder)
        self.memory = {}

    def backend(self, **options):
        host = AnyHost(
            lambda argv: tuple(self.host.run(argv)),
            lambda name: "/usr/sbin/" + name if self.host.has(name) else None,
        )
        settings = Settings(default_action=None, max_rules=None, connection=SSH, on_blocked="fail", inside=None)
        return AixIpsec(host, None, settings._replace(**options))

    def change(self, wanted, **options):
        return self.backend(**options).change(wanted, self.memory)

    def bring(self, wanted, **options):
        """Do what the module does: remember first, then apply; count the programs that changed something."""
        change = self.change(wanted, **options)
        self.memory = change.report.memory or self.memory
        self.host.forget_calls()
        if change.needed:
            change.apply()
        self.memory = change.report.memory or {}
        return self.host.calls(*EDITS)

    def do(self, line):
        done = self.host.run(line.split())
        assert done.code == 0, done
        return done.output

    def filters(self):
        """Both tables of both families, but for the time of loading."""
        found = self.host.store.read()["filters"]
        for tables in found.values():
            if tables["active"]:
                del tables["active"]["since"]
        return found, self.host.store.read()["devices"]

    def defined(self, family=4):
        return [line.split("|", 1)[1] for line in self.do(f"lsfilt -v{family} -O").splitlines()]


@pytest.fixture(name="site")
def closed_site(tmp_path):
    """A host that denies by default, but for ssh, and has a foreign rule."""
    site = Site(tmp_path)
    site.do("mkdev -c ipsec -t 4")
    site.do("genfilt -v4 -aP -w I -g N -c tcp -O eq -P 22 -D in " + " ".join(ANYWHERE))
    site.do("genfilt -v4 -aP -w O -g N -c tcp -o eq -p 22 -D out " + " ".join(ANYWHERE))
    site.do("mkfilt -v4 -u -z D")
    return site


@pytest.fixture(name="fresh")
def fresh_site(tmp_path):
    """A host whose filters were never changed."""
    return Site(tmp_path)


def passes(site, source, destination, address="198.51.100.7", **options):
    return site.host.passes("inbound", address, "192.0.2.10", "tcp", source, destination, **options)


def test_flows_are_opened_by_the_fewest_commands(site):
    assert [call[0] for call in site.bring(opening(REGISTER, OPERATE))] == ["genfilt"] * 3 + ["mkfilt"]
    assert passes(site, 513, 1059) and passes(site, 1023, 1058)
    assert not passes(site, 512, 1059) and not passes(site, 1024, 1058) and not passes(site, 1023, 1060)


def test_open_flows_are_reported_as_not_rehearsed(site):
    report = site.change(opening(REGISTER)).report
    assert (report.rehearsed, report.not_rehearsed) == (False, "the IP filters of AIX cannot be rehearsed")


def test_second_run_starts_nothing_that_changes(site):
    site.bring(opening(REGISTER, MOUNT))
    change = site.change(opening(REGISTER, MOUNT))
    assert not change.needed and change.diffs() == []
    assert site.bring(opening(REGISTER, MOUNT)) == []


def test_only_the_difference_is_applied(site):
    site.bring(opening(REGISTER))
    assert [call[0] for call in site.bring(opening(REGISTER, OPERATE))] == ["genfilt", "mkfilt"]
    assert [call[0] for call in site.bring(opening(OPERATE))] == ["rmfilt", "mkfilt"]
    assert not passes(site, 1023, 1059)


def test_looking_changes_nothing(site):
    before = site.filters()
    change = site.change(opening(REGISTER))
    assert change.needed
    assert change.diffs()[0]["after"].count("fleet.ports") == 2
    assert site.filters() == before


def test_giving_back_leaves_the_table_as_it_was(site):
    before = site.filters()
    site.bring(opening(REGISTER, OPERATE, MOUNT))
    site.bring(NOTHING)
    assert site.filters() == before


def test_foreign_rules_keep_their_order_and_stand_before_ours(site):
    site.bring(opening(REGISTER))
    site.do("genfilt -v4 -aP -g N -c tcp -O eq -P 8080 -D late " + " ".join(ANYWHERE))
    site.do("mkfilt -v4 -u")
    assert not passes(site, 40000, 8080)  # a deny of ours stands before it
    site.bring(opening(REGISTER))
    assert passes(site, 40000, 8080) and passes(site, 1023, 1059)
    marks = [line.rsplit("|", 1)[1] for line in site.defined()]
    assert marks == ["Default Rule", "no", "in", "out", "late", "fleet.ports", "fleet.ports", "Default Rule"]


def test_a_server_within_the_clients_network_is_served_as_both(site):
    site.bring(opening(REGISTER, MOUNT))
    assert passes(site, 1023, 1059, address="198.51.100.9")
    assert passes(site, 2049, 700, address="198.51.100.9", ack=True)
    assert not passes(site, 2049, 700, address="198.51.100.9")
    assert not passes(site, 2049, 700, ack=True)


def test_where_the_default_permits_there_is_nothing_to_open(fresh):
    change = fresh.change(opening(REGISTER))
    assert not change.needed
    assert (change.report.rules, change.report.enforced, change.report.memory) == (0, [], None)
    assert (change.report.rehearsed, change.report.not_rehearsed) == (False, "")
    assert fresh.bring(opening(REGISTER)) == []


def test_rules_go_once_the_default_permits(site):
    site.bring(opening(REGISTER))
    site.do("mkfilt -v4 -u -z P")
    assert [call[0] for call in site.bring(opening(REGISTER))] == ["rmfilt", "rmfilt", "mkfilt"]


def test_what_is_defined_but_not_in_force_is_put_in_force(site):
    site.bring(opening(REGISTER))
    site.do("mkfilt -v4 -d")
    assert [call[:3] for call in site.bring(opening(REGISTER))] == [["mkfilt", "-v4", "-u"]]


def test_lost_rule_is_put_back(site):
    site.bring(opening(REGISTER))
    site.do("rmfilt -v4 -n 5")
    assert [call[0] for call in site.bring(opening(REGISTER))] == ["genfilt", "mkfilt"]


def test_ipv6_is_left_alone_without_ipv6_peers(site):
    site.bring(opening(REGISTER))
    assert site.host.store.read()["devices"] == {"ipsec_v4": "Available"}


def permit_the_indispensable(site):
    """What a table that denies by default needs."""
    site.do("genfilt -v4 -aP -g N -i lo0 " + " ".join(ANYWHERE))
    site.do("genfilt -v4 -aP -w I -g N -c tcp -O eq -P 22 " + " ".join(ANYWHERE))
    site.do("genfilt -v4 -aP -w O -g N -c tcp -o eq -p 22 " + " ".join(ANYWHERE))


def test_default_of_deny_takes_force_and_goes_again(fresh):
    permit_the_indispensable(fresh)
    before = fresh.filters()
    assert [call[0] for call in fresh.bring(opening(REGISTER), default_action="deny")] == ["genfilt"] * 2 + ["mkdev", "mkfilt"]
    assert passes(fresh, 1023, 1059) and passes(fresh, 40000, 22) and not passes(fresh, 40000, 23)
    assert fresh.bring(opening(REGISTER), default_action="deny") == []
    fresh.bring(NOTHING)
    assert fresh.filters() == before


def test_default_of_deny_goes_when_it_is_not_asked_for_any_more(fresh):
    permit_the_indispensable(fresh)
    fresh.bring(opening(REGISTER), default_action="deny")
    fresh.bring(opening(REGISTER))
    assert passes(fresh, 40000, 23)


@pytest.mark.parametrize(
    ("missing", "connection", "sentence"),
    [
        (
            "3",
            SSH,
            r"The IPv4 filter would deny lo0 \(127.0.0.1\) once it denies by default. First add a rule of your own",
        ),
        ("4", SSH, "would deny the connection by which this host is managed"),
        ("5", SSH, "would deny the connection by which this host is managed"),
        ("0", "", r"SSH_CONNECTION is not set \(sudo drops it"),
    ],
)
def test_default_of_deny_that_locks_out_is_refused(fresh, missing, connection, sentence):
    permit_the_indispensable(fresh)
    if missing != "0":
        fresh.do(f"rmfilt -v4 -n {missing}")
    before = fresh.filters()
    with pytest.raises(HostError, match=sentence):
        fresh.change(opening(REGISTER), default_action="deny", connection=connection)
    assert fresh.filters() == before


def test_default_of_deny_needs_neighbour_discovery(fresh):
    permit_the_indispensable(fresh)
    fresh.do("genfilt -v6 -aP -s :: -m 0 -d :: -M 0 -i lo0")
    peers = {"nim_client": ["2001:db8:2::/64"]}
    with pytest.raises(HostError, match=r"The IPv6 filter would deny neighbour discovery \(icmpv6 133-136\)"):
        fresh.change(opening(REGISTER, peers=peers), default_action="deny")
    fresh.do("genfilt -v6 -aP -s :: -m 0 -d :: -M 0 -c icmpv6")
    fresh.bring(opening(REGISTER, peers=peers), default_action="deny")
    assert fresh.host.passes("inbound", "fe80::5", "ff02::1:ff00:1", "icmpv6", 135, 0)


BEFORE, AFTER = opening(REGISTER, MOUNT), opening(OPERATE, flow("shell", ["1021-1023"], ["512-1023"]))


@pytest.mark.parametrize("has_done_its_work", [False, True])
def test_a_failing_command_leaves_everything_as_it_was(site, has_done_its_work):
    site.bring(BEFORE)
    before, start = site.filters(), site.host.store.read()
    planned = [call[0] for call in _planned(site, AFTER)]
    for number, name in enumerate(planned):
        site.host.store.create(start)
        change = site.change(AFTER)
        site.host.fault(name, call=planned[: number + 1].count(name), done=has_done_its_work)
        with pytest.raises(
            HostError, match=f"^'{name} -v.*' failed: 0503-999 .*; the filter rules were restored, nothing"
        ):
            change.apply()
        assert site.filters() == before


def _planned(site, wanted):
    """The commands that a change would start, found out on a copy of the host's state."""
    state = site.host.store.read()
    memory = site.memory
    calls = site.bring(wanted)
    site.host.store.create(state)
    site.memory = memory
    return calls


def test_a_run_that_is_killed_between_any_two_commands_is_mended_by_the_next(site):
    site.bring(BEFORE)
    start = site.host.store.read()
    planned = _planned(site, AFTER)
    site.bring(AFTER)
    wanted = site.filters()
    assert {call[0] for call in planned} == {"genfilt", "rmfilt", "mkfilt"}
    for number in range(len(planned)):
        site.host.store.create(start)
        name = planned[number][0]
        site.host.fault(name, call=[call[0] for call in planned[: number + 1]].count(name), kills_caller=True)
        with pytest.raises(Killed):
            site.bring(AFTER)
        site.bring(AFTER)
        assert site.filters() == wanted


def test_a_series_never_opens_more_than_before_and_after(site):
    site.bring(BEFORE)
    start = site.host.store.read()
    planned = _planned(site, AFTER)
    asked = [("198.51.100.9", source, port, ack) for source in (512, 513, 1020, 1021, 1023, 2049)
             for port in (511, 512, 1023, 1024, 1058, 1059) for ack in (False, True)]  # fmt: skip

    def admitted():
        site.do("mkfilt -v4 -u")
        return {each for each in asked if passes(site, each[1], each[2], address=each[0], ack=each[3])}

    old = admitted()
    site.bring(AFTER)
    both = old | admitted()
    for number in range(len(planned)):
        site.host.store.create(start)
        name = planned[number][0]
        site.host.fault(name, call=[call[0] for call in planned[: number + 1]].count(name), kills_caller=True)
        with pytest.raises(Killed):
            site.bring(AFTER)
        assert admitted() <= both


def test_when_putting_back_fails_too_the_error_says_so(site):
    site.bring(BEFORE)
    removals = [call for call in _planned(site, AFTER) if call[0] == "rmfilt"]
    change = site.change(AFTER)
    site.host.fault("mkfilt", call=1)
    site.host.fault("rmfilt", call=len(removals) + 1)
    with pytest.raises(
        HostError, match=r"and restoring the filter rules failed as well: 'rmfilt .*' failed: .* Correct this and run"
    ):
        change.apply()
    site.bring(AFTER)
    assert passes(site, 1023, 1058)


def test_descriptions_that_are_cut_are_noticed(site):
    before = site.filters()
    site.host.change(unknowns={"description_limit": 6})
    with pytest.raises(
        HostError, match="lsfilt does not list the IPv4 rules as genfilt defined them, description included; .*restored"
    ):
        site.bring(opening(REGISTER))
    assert site.filters() == before


def test_without_the_fileset_the_error_names_it(fresh):
    state = fresh.host.store.read()
    state["filesets"] = {}
    fresh.host.store.create(state)
    with pytest.raises(HostError, match="^This host has no lsfilt; install the fileset bos.net.ipsec.rte"):
        fresh.change(opening(REGISTER))


def test_without_root_nothing_is_changed(site):
    before = site.filters()
    site.host.change(is_root=False)
    with pytest.raises(
        HostError, match="failed: genfilt: you must be root to run this command; .* nothing was changed"
    ):
        site.bring(opening(REGISTER))
    assert site.filters() == before


def test_too_many_rules_are_refused_with_advice(site):
    peers = {"nim_client": [f"198.51.{net}.{host}" for net in range(4) for host in range(0, 250, 2)]}
    with pytest.raises(HostError, match=(
        "^The flows need 1000 filter rules, but only 99 are allowed; nim_client has 500 addresses and networks that"
        " cannot be aggregated further, but lie in 4 networks of /24"
    )):  # fmt: skip
        site.change(opening(REGISTER, peers=peers), max_rules=99)


def test_rules_of_an_unknown_form_are_left_alone_and_reported(site):
    site.do("genfilt -v4 -n 3 -a I -c tcp -O eq -P 21 -D ftp " + " ".join(ANYWHERE))
    site.do("genfilt -v4 -n 4 -a E -c tcp " + " ".join(ANYWHERE))
    change = site.change(opening(REGISTER))
    assert len(change.report.warnings) == 2
    assert "'3|if|0.0.0.0" in change.report.warnings[0] and "it is left unchanged" in change.report.warnings[0]
    site.bring(opening(REGISTER))
    assert [line.split("|")[0] for line in site.defined()][2:4] == ["if", "endif"]


def test_ipv6_filter_that_fails_takes_ipv4_back_with_it(site):
    site.do("mkdev -c ipsec -t 6")
    site.do("mkfilt -v6 -u -z D")
    before = site.filters()
    site.host.fault("mkfilt", call=2)
    peers = {"nim_client": ["198.51.100.0/24", "2001:db8:2::/64"]}
    with pytest.raises(HostError, match="^'mkfilt -v6 -u' failed: .*nothing was changed"):
        site.bring(opening(REGISTER, peers=peers))
    assert site.filters() == before


def test_commands_are_taken_back_in_reverse_order(site):
    """The last family first, and of each the last edit first: numbers are those of the table at that moment."""
    site.do("mkdev -c ipsec -t 6")
    site.do("mkfilt -v6 -u -z D")
    peers = {"nim_client": ["198.51.100.0/24", "2001:db8:2::/64"]}
    change = site.change(opening(REGISTER, peers=peers))
    site.host.forget_calls()
    site.host.fault("mkfilt", call=2)
    with pytest.raises(HostError):
        change.apply()
    calls = [" ".join(call[:3] if call[0] != "rmfilt" else call) for call in site.host.calls(*EDITS)]
    assert calls == [
        *["genfilt -v 4"] * 2, *["genfilt -v 6"] * 2, "mkfilt -v4 -u", "mkfilt -v6 -u",
        "rmfilt -v 6 -n 3", "rmfilt -v 6 -n 2", "rmfilt -v 4 -n 6", "rmfilt -v 4 -n 5", "mkfilt -v4 -u",
    ]  # fmt: skip


def test_restoring_puts_the_managed_rules_where_they_stood(site):
    site.bring(BEFORE)
    before = site.filters()
    live = json.loads(json.dumps(site.change(AFTER).former_state()["live"]))
    site.bring(AFTER)
    site.backend().restore(live, [])
    assert site.filters() == before
    site.backend().restore(live, [])
    assert site.filters() == before, "a second time, after an interruption"


def test_what_expires_is_recognized(site):
    """A second run finds the expiration as genfilt was told it, and changes nothing."""
    wanted = flow_rules.opening([OPERATE], PEERS, (), {"nim_client": (1000, 1600)})
    assert site.bring(wanted)
    assert "|600|" in site.defined()[-2]
    assert not site.change(wanted).needed
