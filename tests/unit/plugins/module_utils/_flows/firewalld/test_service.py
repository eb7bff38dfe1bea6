# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What firewalld is asked over D-Bus, and what becomes of its answers."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import dbus, service
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PROPERTIES = "org.freedesktop.DBus.Properties"
HERE, CONFIG = "/org/fedoraproject/FirewallD1", "/org/fedoraproject/FirewallD1/config"
NAME = "org.fedoraproject.FirewallD1"
RUNNING = {"version": "2.1.0~rc1", "state": "RUNNING", "IPSet": 1}


@pytest.fixture(name="answers")
def fixture_answers(monkeypatch):
    """The answers of firewalld, ``{(path, interface, method, arguments…): answer}``; an error is raised."""
    answers, connections = {}, []

    class Connection:
        def __init__(self):
            connections.append(self)
            assert len(connections) == 1, "one connection is enough"

        def call(self, name, path, interface, method, *arguments):
            assert name == NAME
            answer = answers[(path, interface, method) + arguments]
            if isinstance(answer, Exception):
                raise answer
            return [answer]

    monkeypatch.setattr(dbus, "Connection", Connection)
    return answers


def test_its_version_and_condition(answers):
    answers[HERE, PROPERTIES, "GetAll", NAME] = RUNNING
    assert service.Bus().status() == service.Status((2, 1, 0, 1), True, True)


def test_one_that_does_not_filter_or_has_no_sets(answers):
    answers[HERE, PROPERTIES, "GetAll", NAME] = dict(RUNNING, state="FAILED", IPSet=0)
    assert service.Bus().status()[1:] == (False, False)


@pytest.mark.parametrize("name, answer", [("nftables", True), ("iptables", False)])
def test_what_it_writes_rules_for(answers, name, answer):
    answers[CONFIG, PROPERTIES, "Get", NAME + ".config", "FirewallBackend"] = name
    assert service.Bus().uses_nftables() is answer


def test_its_policies_and_sets_over_one_connection(answers):
    answers[HERE, NAME + ".policy", "getPolicies"] = ["p"]
    answers[HERE, NAME + ".policy", "getPolicySettings", "p"] = {"rich_rules": ["rule"]}
    answers[HERE, NAME + ".policy", "getPolicySettings", "empty"] = {}
    answers[HERE, NAME + ".ipset", "getIPSets"] = ["s"]
    answers[HERE, NAME + ".ipset", "getEntries", "s"] = ["192.0.2.1"]
    bus = service.Bus()
    assert (bus.policies(), bus.rules("p"), bus.rules("empty")) == (["p"], ["rule"], [])
    assert (bus.sets(), bus.entries("s")) == (["s"], ["192.0.2.1"])


def test_no_answer_is_not_taken_for_nothing(answers):
    answers[HERE, NAME + ".policy", "getPolicies"] = dbus.BusError("it is gone")
    with pytest.raises(HostError) as error:
        service.Bus().policies()
    assert str(error.value) == "firewalld does not answer on D-Bus (it is gone); see 'systemctl status firewalld'."


def test_it_loads_its_files(answers):
    answers[HERE, NAME, "reload"] = None
    answers[HERE, PROPERTIES, "GetAll", NAME] = RUNNING
    service.Bus().reload()


def test_one_that_does_not_filter_after_it_loaded_its_files(answers):
    answers[HERE, NAME, "reload"] = None
    answers[HERE, PROPERTIES, "GetAll", NAME] = dict(RUNNING, state="FAILED")
    with pytest.raises(HostError, match="^firewalld loaded its files, but does not filter$"):
        service.Bus().reload()


def test_files_that_it_cannot_load(answers):
    answers[HERE, NAME, "reload"] = dbus.BusError("INVALID_X: a\nTraceback")
    with pytest.raises(HostError) as error:
        service.Bus().reload()
    assert str(error.value) == "firewalld could not load its files (INVALID_X: a)"
