# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as heard: the right proof, from the right endpoint, at the right endpoint."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import heard as heard_module
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.heard import HeardProbes
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

NONCE = bytes(range(8))
ENDS = Ends("udp", "192.0.2.1", 600, "192.0.2.2", 700)
OTHER = ENDS._replace(destination_port=701)
QUESTION = messages.question(NONCE, ENDS)


@pytest.fixture
def heard():
    return HeardProbes(NONCE, {ENDS: [4, 9], OTHER: [1]})


def test_a_probe_is_heard_once_under_each_of_its_numbers(heard):
    for _time in range(3):
        assert heard.record_question(QUESTION, ENDS.destination_endpoint, "192.0.2.1", 600) == ENDS
    assert heard.to_dict() == dict(heard=[4, 9], displaced={}, strangers=0)


@pytest.mark.parametrize("source", [("192.0.2.9", 600), ("192.0.2.1", 601)])
def test_a_probe_from_elsewhere_is_displaced(heard, source):
    assert heard.record_question(QUESTION, ENDS.destination_endpoint, *source) is None
    where = "{0} port {1}".format(*source)
    assert heard.to_dict() == dict(heard=[], displaced={"4": where, "9": where}, strangers=0)


def test_a_probe_at_another_port_is_not_heard(heard):
    assert heard.record_question(QUESTION, OTHER.destination_endpoint, "192.0.2.1", 600) is None
    assert heard.to_dict()["heard"] == []


@pytest.mark.parametrize("data", [b"", b"hello", messages.question(NONCE[::-1], ENDS), QUESTION[:-1] + b"\0"])
def test_whatever_else_comes_is_a_stranger(heard, data):
    assert heard.record_question(data, ENDS.destination_endpoint, "192.0.2.1", 600) is None
    assert heard.to_dict() == dict(heard=[], displaced={}, strangers=1)


def test_a_request_counts_if_it_is_expected(heard):
    heard.record_connection_request(OTHER)
    heard.record_connection_request(OTHER._replace(source_port=999))
    assert heard.to_dict()["heard"] == [1]


def test_a_flood_of_displaced_probes_ends(monkeypatch, heard):
    monkeypatch.setattr(heard_module, "MAX_DISPLACED", 0)
    heard.record_question(QUESTION, ENDS.destination_endpoint, "192.0.2.9", 600)
    assert heard.to_dict()["displaced"] == {}
