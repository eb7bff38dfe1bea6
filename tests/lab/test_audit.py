# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of a fleet that somebody meddled with by hand: it names exactly that, and changes nothing.

The tests of this file build on each other; the first starts from hosts that were just brought in order.
"""

from __future__ import annotations

import json

import pytest

from .fleet import HOSTS
from .fleet import host as host_called
from .probes import fingerprint, ruleset, takeable

pytestmark = pytest.mark.any_core

NAMES = ["bmc01", "client01", "client02", "gateway01", "master01"]

# What somebody did on a host, and what the audit is to say of it: concern, kind, and words of the sentence.
MEDDLING = {
    "master01": (
        "nft add rule inet filter fleet_ports_input tcp dport 8080 accept comment '\"{{ 1 + 1 }} <b>\"'"
        "; sed -i s/4046/33333/ /etc/nfs.conf.d/zz-fleet.ports.conf; systemctl restart rpc-statd",
        [
            ("pins", "moved_pin", "statd uses tcp port 33333 instead of its pinned port 4046"),
            ("pins", "moved_pin", "statd uses udp port 33333 instead of its pinned port 4046"),
            ("pins", "content", "/etc/nfs.conf.d/zz-fleet.ports.conf: 'port=33333' instead of 'port=4046'"),
            (
                "flows",
                "content",
                "running ruleset: unwanted 'table inet filter, chain fleet_ports_input: "
                "tcp dport 8080 accept comment \"{{ 1 + 1 }} <b>\"'",
            ),
        ],
    ),
    "gateway01": (
        "handle=$(nft -a list chain inet filter fleet_ports_forward | sed -n '/nimsh-request/{s/.*handle //p;q}')"
        "; nft delete rule inet filter fleet_ports_forward handle $handle",
        [("flows", "content", "running ruleset: missing 'table inet filter, chain fleet_ports_forward: tcp sport 513-1023 ")],
    ),
    "client01": (
        "sed -i /^nimaux/d /etc/services",
        [("services", "content", "/etc/services: missing 'nimaux 3902/tcp # NIM service handler, standard error'")],
    ),
    "bmc01": (
        "systemctl stop fleet-ports-holder"
        "; systemd-run --quiet --unit stranger socat -u UDP-RECV:664 OPEN:/dev/null,append"
        "; timeout 9 sh -c 'until ss -Hulnp sport = :664 | grep -q socat; do sleep 0.1; done'",
        [("holds", "obstacle", "unit stranger.service) has 664/udp on 0.0.0.0. Stop the program or configure another port for it")],
    ),
}


@pytest.fixture(scope="module", autouse=True)
def in_order(lab, playbook):
    """The fleet as the collection leaves it."""
    lab.renew(*NAMES)
    run = playbook("fleet.ports.site", "--limit", ",".join(NAMES))
    assert run.status == 0, run.output


@pytest.fixture(name="audit")
def fixture_audit(playbook, tmp_path):
    """Audit the fleet, or some of its hosts, and return the run and the two documents."""

    def audit(*names, **extra_vars):
        extra_vars["fleet_ports_report_dir"] = str(tmp_path)
        run = playbook("fleet.ports.audit", "--limit", ",".join(names or NAMES), extra_vars=extra_vars)
        return run, json.loads((tmp_path / "audit.json").read_text()), (tmp_path / "audit.md").read_text()

    return audit


def states(document):
    return {name: drift["state"] for name, drift in document["hosts"].items()}


def findings(document, name):
    found = document["hosts"][name]["findings"]
    return [(finding["concern"], finding["kind"], finding["sentence"]) for finding in found]


def test_a_fleet_in_order_is_an_empty_report(audit):
    run, document, text = audit()
    assert run.status == 0, run.output
    assert document["counts"] == {"hosts": 5, "in_order": 5, "differs": 0, "not_audited": 0, "findings": 0}
    headline = (
        f"Audited 5 of {len(HOSTS)} hosts with a role (a part of the inventory). "
        "In order: 5, differs: 0, not audited: 0."
    )
    assert text == f"# Audit of the fleet\n\n{headline}\n"
    assert audit(fleet_ports_audit_fail="true")[0].status == 0


def test_what_somebody_did_by_hand_is_named_and_nothing_is_changed(host, audit):
    for name, (command, _expected) in MEDDLING.items():
        host(name).run(command)
    before = {name: (fingerprint(host(name)), ruleset(host(name))) for name in NAMES}

    run, document, text = audit()

    assert run.status == 0, run.output
    assert not any(counts["failures"] or counts["unreachable"] for counts in run.recap.values())
    assert states(document) == {name: "differs" if name in MEDDLING else "in_order" for name in NAMES}
    for name, (_command, expected) in MEDDLING.items():
        found = findings(document, name)
        assert len(found) == len(expected), found
        for (concern, kind, sentence), (wanted_concern, wanted_kind, words) in zip(found, expected):
            assert (concern, kind) == (wanted_concern, wanted_kind)
            assert words in sentence
    assert r"{{ 1 + 1 }} \<b\>" in text
    assert run.result("master01", "fleet.ports.run_summary")["ansible_stats"]["data"] == {
        "fleet_ports_drift": {
            "counts": {"hosts": 5, "in_order": 1, "differs": 4, "not_audited": 0, "findings": 7},
            "differs": sorted(MEDDLING, key=list(document["hosts"]).index),
            "not_audited": [],
        }
    }
    assert {name: (fingerprint(host(name)), ruleset(host(name))) for name in NAMES} == before


def test_drift_is_a_failure_if_that_was_asked_for(audit):
    run, _document, _text = audit("client01", fleet_ports_audit_fail="true")
    assert run.status == 2, run.output
    assert run.complaints()["client01"].startswith("Audited 1 of ")


def test_a_host_that_is_away_is_not_audited_and_keeps_nobody_from_being_audited(lab, host, audit):
    host("client02").run("systemctl stop ssh.socket ssh.service")
    lab.controller.forget(host_called("client02"))
    run, document, _text = audit("client01", "client02")
    lab.reboot("client02")
    assert run.status == 0, run.output
    assert states(document) == {"client01": "differs", "client02": "not_audited"}
    ((concern, kind, sentence),) = findings(document, "client02")
    assert (concern, kind) == (None, "unreachable") and sentence.startswith("could not be reached: ")
    assert document["hosts"]["client02"]["concerns"] == {"services": "not_audited", "flows": "not_audited"}
    assert [task["status"] for task in run.tasks if task["host"] == "client02"].count("unreachable") == 1


def test_nobody_answers_at_all(lab, host, audit):
    host("client02").run("systemctl stop ssh.socket ssh.service")
    lab.controller.forget(host_called("client02"))
    run, document, _text = audit("client02", fleet_ports_audit_fail=True)
    lab.reboot("client02")
    assert run.status == 2, run.output
    assert states(document) == {"client02": "not_audited"}


def test_an_error_in_a_plan_is_one_host_that_is_not_audited(audit):
    """The other one differs: it would open another port of its servers."""
    run, document, _text = audit("client02", "master01", nfs_ports_mountd=4045)
    assert run.status == 0, run.output
    assert states(document) == {"client02": "differs", "master01": "not_audited"}
    ((_concern, kind, sentence),) = findings(document, "master01")
    assert kind == "plan" and sentence.startswith("master01: mountd and lockd are both pinned to 4045")


def test_what_a_host_has_and_its_plan_no_longer_is_a_leftover(host, audit):
    run, document, _text = audit("client01", fleet_ports_groups={"bmc_host": ["none_of_these"]})
    assert run.status == 0, run.output
    kinds = [kind for concern, kind, _sentence in findings(document, "client01") if concern == "holds"]
    assert kinds == ["leftover"]
    assert takeable(host("client01")) == []


def test_after_site_nothing_differs_any_more(host, audit, playbook):
    host("bmc01").run("systemctl stop stranger")
    run = playbook("fleet.ports.site", "--limit", ",".join(NAMES))
    assert run.status == 0, run.output
    run, document, _text = audit()
    assert document["counts"]["findings"] == 0, document
