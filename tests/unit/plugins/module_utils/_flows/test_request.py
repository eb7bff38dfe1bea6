# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is to have open: as a request, in the record, and as the changes of packet filters."""

import json

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules, request
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.request import Request, compute_changes, from_record
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Window

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True, "window": "source",
    "source": {"role": "client", "ports": ["1024-65535"]}, "destination": {"role": "master", "ports": ["69"]},
}  # fmt: skip
GIVEN = dict(
    flows=[FLOW], peers={"client": ["192.0.2.0/24"]}, interfaces=["en0"], host="lpar1", backend="auto",
    aix_default_action="deny", max_rules=99,
)  # fmt: skip


def asking_for(flows):
    """Return a request for these flows, otherwise as given."""
    return Request(flows=flows, **{name: value for name, value in GIVEN.items() if name != "flows"})


def test_the_record_has_the_names_of_release_1_0_0():
    """So the job of either release can read what the other one recorded."""
    recorded = Request(**GIVEN).recorded()
    assert sorted(recorded) == ["backend", "default", "flows", "host", "interfaces", "max_rules", "peers"]
    assert recorded["default"] == "deny"


def test_a_job_of_the_host_does_not_fail_because_of_a_blocked_flow(monkeypatch):
    """Whatever the run that recorded the request was told: what is over has to be closed."""
    monkeypatch.setattr(request, "Backends", lambda _host, settings: settings)
    settings = request.packet_filters(None, from_record(Request(**GIVEN).recorded()))
    assert settings == Settings(
        default_action="deny", max_rules=99, connection="", on_blocked="warn", inside=request.nowhere
    )
    with pytest.raises(NotRehearsed, match="^nothing is opened$"):
        settings.inside(print)


def test_a_recorded_request_is_read_back():
    recorded = json.loads(json.dumps(Request(**GIVEN).recorded()))
    assert vars(from_record(recorded)) == vars(Request(**GIVEN))


def test_a_flow_with_a_window_is_open_to_clients_with_an_open_window():
    asked = Request(**GIVEN)
    assert asked.opening({}).rules == ()
    opening = asked.opening({"lpar1": Window(0, 10, ["192.0.2.7"])})
    assert [list(addresses.values()) for addresses in opening.peers.values()] == [[["192.0.2.7"]]]
    assert list(opening.spans.values()) == [(0, 10)]


def test_without_windows_the_whole_is_open():
    asked = asking_for([dict(FLOW, window=None)])
    assert asked.opening({"lpar1": Window(0, 10, ["192.0.2.7"])}) is asked.whole


class Backend:
    """A packet filter that notes what it is asked for."""

    def __init__(self, name, asked):
        self.name, self._asked = name, asked

    def change(self, opening, memory):
        self._asked.append((self.name, opening is flow_rules.NOTHING, memory))
        return type("Change", (), {"report": type("Report", (), {"memory": None})})


class Backends:
    def __init__(self, in_charge):
        self.in_charge, self.asked = in_charge, []

    def named(self, name):
        return Backend(name, self.asked)

    def chosen(self, _name):
        return self.named(self.in_charge)


@pytest.mark.parametrize(
    "flows, memories, asked",
    [
        ([], {}, []),
        ([], {"nftables": {"since": 1}}, [("nftables", True, {"since": 1})]),
        ([FLOW], {}, [("firewalld", False, {})]),
        ([FLOW], {"firewalld": {"since": 1}}, [("firewalld", False, {"since": 1})]),
        ([FLOW], {"nftables": {"since": 1}}, [("nftables", True, {"since": 1}), ("firewalld", False, {})]),
        ([FLOW], {"windows": {}}, [("firewalld", False, {})]),
    ],
)
def test_former_packet_filters_give_back_before_the_chosen_one_opens(flows, memories, asked):
    backends = Backends("firewalld")
    wanted = asking_for([dict(flow, window=None) for flow in flows])
    changes = compute_changes(wanted, {}, memories, backends)
    assert backends.asked == asked
    assert [name for name, _change in changes] == [name for name, _gives_back, _memory in asked]


def test_nothing_is_open_without_flows():
    assert request.NO_FLOWS.opening({}).rules == ()
