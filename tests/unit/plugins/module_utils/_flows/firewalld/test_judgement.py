# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops an opening beside and within firewalld: when it is rehearsed, remembered, refused or undone."""

import json
from types import SimpleNamespace

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import judgement, rehearsing
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
OPENING = opening([FLOW], {"c": ["198.51.100.0/24"]}, [])
REFUSAL = NotRehearsed("there is no room")
ENTRY = dict(
    flow="tftp", packet="udp 198.51.100.7:1024 > 192.0.2.10:69", interface="eth0", peers=["198.51.100.7"], hook="input",
    table="inet firewalld", chain="filter_IN_public_deny", rule="ip saddr 198.51.100.7 drop", owner="firewalld",
    fatal=False,
)  # fmt: skip


def result(**changes):
    return dict(
        dict(left_out=["198.51.100.7"], blocked=[ENTRY], management=[], enforced=["input"], passing=dict(before=1, after=2)),
        **changes
    )


@pytest.fixture(name="host", autouse=True)
def fixture_host(monkeypatch):
    """A host with these ``rules``; ``before`` and ``after`` are what rehearsals find or raise, and are counted."""
    host = SimpleNamespace(rules="drop", before=result(), after=result(blocked=[]), counted=[])

    def answering(name):
        def rehearse(*_arguments):
            host.counted.append(name)
            found = getattr(host, name)
            if isinstance(found, Exception):
                raise found
            return json.loads(json.dumps(found))

        return rehearse

    monkeypatch.setattr(rehearsing, "rules", lambda _host: host.rules)
    monkeypatch.setattr(rehearsing, "before", answering("before"))
    monkeypatch.setattr(rehearsing, "after", answering("after"))
    return host


def judged(host, memory=None, wanted=OPENING, on_blocked="fail"):
    settings = Settings(None, None, "", on_blocked, None)
    return judgement.judged(host, settings, wanted, json.loads(json.dumps(memory or {})))


def check(host, known):
    return judgement.check(host, Settings(None, None, "", "fail", None), OPENING, known)


def test_where_nothing_is_opened_nothing_is_rehearsed(host):
    found = judged(host, wanted=NOTHING)
    assert host.counted == []
    assert (found.rehearsed, found.left_out, found.blocked, found.warnings) == (True, [], [], [])


def test_peers_whom_the_administrator_keeps_out_are_left_out_and_reported(host):
    found = judged(host)
    assert (found.rehearsed, found.left_out) == (True, ["198.51.100.7"])
    assert found.blocked == sentences.listed(result())
    assert found.warnings == sentences.warnings(found.blocked) != []


def test_as_long_as_nothing_changes_the_kernel_is_asked_once(host):
    first = judged(host)
    second = judged(host, first.memory)
    assert host.counted == ["before"]
    assert (second.rehearsed, second.left_out, second.blocked) == (True, first.left_out, first.blocked)


def test_after_a_change_of_others_it_is_asked_again_and_said(host):
    memory = judged(host).memory
    host.rules = "drop more"
    assert sentences.CHANGED in judged(host, memory).warnings
    assert host.counted == ["before", "before"]


def test_another_opening_is_rehearsed_too(host):
    memory = judged(host).memory
    wider = opening([FLOW], {"c": ["198.51.0.0/16"]}, [])
    assert sentences.CHANGED not in judged(host, memory, wider).warnings
    assert host.counted == ["before", "before"]


def test_what_others_stop_is_refused_before_anything_is_written(host):
    host.before = result(blocked=[dict(ENTRY, fatal=True, table="inet site", owner="")])
    with pytest.raises(HostError, match="^Flow tftp .* of chain filter_IN_public_deny in table inet site"):
        judged(host)
    memory = judged(host, on_blocked="warn").memory
    with pytest.raises(HostError, match="^Flow tftp"):
        judged(host, memory)  # by a run that does not accept it


def test_where_it_cannot_be_rehearsed_peers_stay_left_out(host):
    memory = judged(host).memory
    host.rules, host.before = "other rules", REFUSAL
    found = judged(host, memory)
    assert (found.rehearsed, found.not_rehearsed, found.left_out) == (False, "there is no room", ["198.51.100.7"])
    assert found.warnings == [sentences.not_rehearsed("there is no room")]
    assert judged(host).left_out == []


def test_rules_that_cannot_be_read_are_not_rehearsed(host, monkeypatch):
    def refuse(_host):
        raise REFUSAL

    monkeypatch.setattr(rehearsing, "rules", refuse)
    assert judged(host).not_rehearsed == "there is no room"


def test_a_change_after_which_all_pass_stands_and_its_rules_are_remembered(host):
    known = judged(host)
    host.rules = "what firewalld has made"
    found_out = check(host, known)
    assert judged(host, dict(known.memory, **found_out)).rehearsed
    assert host.counted == ["before", "after"]


def test_what_was_known_to_be_blocked_is_no_reason_to_undo_a_change(host):
    known = judged(host)
    host.after = result(blocked=[dict(ENTRY, fatal=True)])
    check(host, known)


def test_rules_that_cannot_be_read_after_a_change_undo_it(host, monkeypatch):
    def refuse(_host):
        raise REFUSAL

    known = judged(host)
    monkeypatch.setattr(rehearsing, "rules", refuse)
    with pytest.raises(HostError, match="because there is no room; it was undone.$"):
        check(host, known)


@pytest.mark.parametrize(
    "after, reason",
    [
        (result(blocked=[dict(ENTRY, rule="drop")]), "^Flow tftp .* would not pass: rule 'drop'"),
        (result(blocked=[], management=[ENTRY]), "^A new connection to manage this host"),
        (REFUSAL, "^Whether the flows pass could not be seen after the change, because there is no room; it was undone.$"),
    ],
)
def test_a_change_after_which_flows_do_not_pass_is_undone(host, after, reason):
    known = judged(host)
    host.after = after
    with pytest.raises(HostError, match=reason):
        check(host, known)
