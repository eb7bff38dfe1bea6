# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All concerns of a host in one execution: what runs, what is restored, and what is said if a part of it fails."""

from __future__ import annotations

import pytest

from .cut import Cut
from .probes import fingerprint, ruleset, takeable

SITE = "fleet.ports.site"
HOST_PORTS = "fleet.ports.host_ports"
LOST = {"fleet_ports_groups": {"bmc_host": ["none_of_these"]}}
# What changes the flows of master01.
OTHER = {"nim_nfs_version": 4}


@pytest.fixture(name="client")
def fixture_client(lab, host):
    """A host with services, holds and flows, as it was installed."""
    lab.renew("client01")
    return host("client01")


@pytest.fixture(name="site")
def fixture_site(playbook):
    """Run site on one host, and return the run and the result of the host."""

    def run(name, *arguments, **extra_vars):
        done = playbook(SITE, "--limit", name, *arguments, extra_vars=extra_vars)
        return done, done.result(name, HOST_PORTS)

    return run


def executions(run, name):
    return [task["action"] for task in run.tasks if task["host"] == name and task["action"] == HOST_PORTS]


def records(host):
    found = host.run("ls /var/lib/fleet.ports 2>/dev/null || true").split()
    return sorted(name for name in found if name.endswith(".json"))


def occupy(host):
    """Start a program that a run must not end, on a port to be held."""
    host.run("systemd-run --collect --unit stranger socat -u UDP-LISTEN:623 OPEN:/dev/null")
    host.run("timeout 9 sh -c 'until ss -Hulnp sport = :623 | grep -q socat; do sleep 0.1; done'")


def test_a_failure_says_what_was_changed_before_it_and_shows_the_diff(client, site):
    occupy(client)
    run, result = site("client01", "--diff")
    assert run.status == 2
    complaint = run.complaints()["client01"]
    assert "stranger.service" in complaint and complaint.endswith(" Already changed on this host: services.")
    assert (result["concerns"]["services"]["changed"], result["concerns"]["holds"]["failed"]) == (True, True)
    assert "flows" not in result["concerns"]
    assert "+rmcps           664/udp" in run.output
    assert records(client) == ["services.json"]

    client.run("systemctl stop stranger")
    run, result = site("client01")
    assert run.status == 0, run.output
    assert not result["concerns"]["services"]["changed"]
    assert records(client) == ["flows.json", "holds.json", "services.json"]


def test_check_mode_reports_all_failures_and_goes_on(client, site):
    client.run("sed -i '/^rmcp/d' /etc/services; echo 'rmcps 700/udp' >> /etc/services")
    occupy(client)
    before = fingerprint(client), ruleset(client)
    run, result = site("client01", "--check")
    assert run.status == 2
    complaint = run.complaints()["client01"]
    assert "gives rmcps/udp the port 700" in complaint and "stranger.service" in complaint
    assert "Already changed" not in complaint
    assert {name: answer.get("failed", False) for name, answer in result["concerns"].items()} == {
        "services": True, "holds": True, "flows": False,
    }  # fmt: skip
    assert result["concerns"]["flows"]["changed"]
    assert (fingerprint(client), ruleset(client)) == before


@pytest.mark.parametrize("timeout", [0, 60], ids=["at once", "when flows are confirmed"])
def test_a_lost_concern_is_restored_in_the_same_run(client, site, timeout):
    assert site("client01")[0].status == 0
    assert takeable(client) == []
    run, result = site("client01", **LOST, nim_firewall_confirm_timeout=timeout)
    assert run.status == 0, run.output
    assert executions(run, "client01") == [HOST_PORTS]
    assert result["planned"] == ["services", "flows"]
    assert result["concerns"]["holds"]["changed"] and result["owned"] == result["planned"]
    assert "restored holds" in result["summary"]
    assert takeable(client) != []


@pytest.mark.parametrize(
    "choice", [(["--tags", "open"], {}), ([], {"fleet_ports_concerns": "flows"})], ids=["tag", "variable"]
)
def test_only_the_chosen_concern_is_touched(client, site, playbook, choice):
    arguments, variables = choice
    run, result = site("client01", *arguments, **variables)
    assert run.status == 0, run.output
    assert list(result["concerns"]) == ["flows"]
    assert records(client) == ["flows.json"]
    assert site("client01")[0].status == 0
    removed = playbook("fleet.ports.remove", "--limit", "client01", *arguments, extra_vars=variables)
    assert removed.status == 0, removed.output
    assert records(client) == ["holds.json", "services.json"]


def test_what_selects_nothing_is_refused(playbook):
    for words, sentence in (
        (["--tags", "opne"], "The tag 'opne' selects no concern. Did you mean open?"),
        (["-e", "fleet_ports_concerns=ports"], "fleet_ports_concerns: 'ports' is not a concern."),
    ):
        run = playbook(SITE, "--limit", "client01", *words)
        assert run.status == 2
        assert run.complaints()["client01"].startswith(sentence)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("lasting", [True, False], ids=["away", "restored"])
def test_a_host_that_is_not_reached_any_more_gets_a_sentence(lab, host, site, pipelining, lasting):
    """Without pipelining, Ansible would remove its temporary folder on the host, and fail with an error of its own."""
    lab.renew("master01")
    assert site("master01")[0].status == 0
    rules = lab.disk("master01") / "etc/fleet.ports.nft"
    before = rules.read_bytes()
    seen = []

    def state():
        seen.append(rules.read_bytes() != before)
        return any(seen) if lasting else seen[-1]

    with Cut(lab, "master01", state).made() as cut:
        run, result = site(
            "master01", "--diff", ansible_pipelining=pipelining, nim_firewall_confirm_timeout=5, **OTHER
        )
        assert cut.happened.is_set()
    assert run.status == 2, run.output
    complaint = run.complaints()["master01"]
    if lasting:
        assert complaint.startswith("master01 was changed and has not been reached since (")
    else:
        assert complaint.startswith("master01 was changed, but could not be reached over a new connection within 5 s")
    assert "unreachable" not in [task["status"] for task in run.tasks]
    assert rules.read_bytes() == before
