# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_probe: its three modes one after the other, what it returns, and what it refuses."""

import contextlib
import os
import socket
import tempfile

import pytest
import yaml

pytest.importorskip("ansible")

from ansible.module_utils.common import arg_spec

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import connection_tracking, probes, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon
from ansible_collections.fleet.ports.plugins.modules import flow_probe
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule

NONCE = "00112233445566ff"
DEFAULTS = dict(nonce=NONCE, probes=[], seconds=30, timeout=10.0, rate=1000)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may probe")


@pytest.fixture(autouse=True)
def folders(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(rendezvous, "PARENT", folder)
        yield


def probe(number, protocol="udp", destination="127.0.0.3"):
    kind = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}[protocol]
    with socket.socket(socket.AF_INET, kind) as one, socket.socket(socket.AF_INET, kind) as other:
        one.bind(("127.0.0.2", 0))
        other.bind(("127.0.0.3", 0))
        return dict(
            id=number,
            protocol=protocol,
            source_address="127.0.0.2",
            source_port=one.getsockname()[1],
            destination_address=destination,
            destination_port=other.getsockname()[1],
        )


def run(mode, **params):
    return flow_probe.run(FakeModule(**dict(DEFAULTS, mode=mode, **params)))


@pytest.fixture(autouse=True)
def kernel(monkeypatch):
    """The kernel remembers packets for 30 seconds."""
    monkeypatch.setattr(connection_tracking, "seconds", lambda: 30)


@pytest.fixture
def listening():
    """Start a listener; end it whatever the test does."""
    pids = []

    def listening(probes):
        result = run("listen", probes=probes)
        pids.append(rendezvous.of_run(bytes.fromhex(NONCE)).listener()[0])
        return result

    yield listening
    for pid in pids:
        with contextlib.suppress(HostError):
            daemon.collect(bytes.fromhex(NONCE))
        os.waitpid(pid, 0)


@needs_root
def test_the_three_steps_of_a_run(listening):
    probes = [probe(1), probe(2, "tcp")]
    probes.append(dict(probes[0], id=3))
    assert listening(probes) == dict(listening=2, served={}, obstacles={}, tracking_seconds=30)
    assert run("send", probes=probes) == dict(
        outcomes={"1": "answered", "2": "answered", "3": "answered"}, details={}, obstacles={}, tracking_seconds=30,
    )  # fmt: skip
    assert run("collect") == dict(heard=[1, 2, 3], displaced={}, strangers=0)


@needs_root
def test_obstacles_are_told_for_each_probe(listening):
    probes = [probe(1, destination="203.0.113.2")]
    probes.append(dict(probes[0], id=2, source_address="203.0.113.3"))
    here = "203.0.113.2 is not an address of this host"
    assert listening(probes) == dict(
        listening=0, served={}, obstacles={"1": here, "2": here}, tracking_seconds=30,
    )  # fmt: skip
    # The first is not sent: it would leave this machine.
    assert run("send", probes=probes[1:])["obstacles"] == {"2": "203.0.113.3 is not an address of this host"}


@needs_root
def test_a_sender_shares_ports_with_the_listener_of_its_own_run_only(listening):
    there = probe(1)
    back = probe(2)
    back.update(source_port=there["destination_port"], source_address="127.0.0.3", destination_address="127.0.0.2")
    listening([there])
    assert run("send", probes=[back])["obstacles"] == {}
    pid = rendezvous.of_run(bytes.fromhex(NONCE)).listener()[0]
    assert run("send", probes=[back], nonce=NONCE[::-1])["obstacles"] == {
        "2": f"source port {back['source_port']}/udp is in use here by another probe (PID {pid})"
    }


@needs_root
def test_another_run_does_not_take_a_port_that_is_listened_on(listening):
    there = probe(1)
    listening([there])
    pid = rendezvous.of_run(bytes.fromhex(NONCE)).listener()[0]
    other = run("listen", probes=[there], nonce=NONCE[::-1])
    assert other["obstacles"] == {
        "1": f"port {there['destination_port']}/udp is in use here by another probe (PID {pid})"
    }
    assert run("collect", nonce=NONCE[::-1])["heard"] == []


@needs_root
@pytest.mark.parametrize("mode", ["listen", "send", "collect"])
def test_check_mode_does_nothing(mode):
    result = run(mode, check_mode=True, probes=[probe(1)])
    assert result == flow_probe.EMPTY_RESULTS[mode]
    assert os.listdir(rendezvous.PARENT) == []


@needs_root
@pytest.mark.parametrize(
    "params, sentence",
    [
        (dict(seconds=0), "Invalid 'seconds' 0: it must be 1 to 900."),
        (dict(seconds=901), "Invalid 'seconds' 901: it must be 1 to 900."),
        (dict(timeout=0.0), "Invalid 'timeout' 0: it must be 0.1 to 60."),
        (dict(rate=0), "Invalid 'rate' 0: it must be 1 to 10000."),
        (
            dict(nonce="1234"),
            "Invalid 'nonce' '1234': it must be an even number of hexadecimal digits, 16 to 128.",
        ),
    ],
)
def test_limits(params, sentence):
    with pytest.raises(HostError) as caught:
        run("send", **params)
    assert str(caught.value) == sentence


@needs_root
def test_a_run_that_would_take_too_long():
    probes = [dict(probe(1), id=number, source_port=number) for number in range(1, 1001)]
    with pytest.raises(HostError) as caught:
        run("send", probes=probes, rate=2, timeout=2.0)
    assert str(caught.value) == (
        "Sending these probes may take 1502 seconds; a listener runs 900 at most."
        " Use fewer probes in a run, or increase 'rate'."
    )


@pytest.mark.parametrize("option", sorted(flow_probe.LIMITS))
def test_the_documentation_tells_the_limits(option):
    lowest, highest = flow_probe.LIMITS[option]
    description = yaml.safe_load(flow_probe.DOCUMENTATION)["options"][option]["description"]
    assert f"V({lowest}) to V({highest})" in " ".join(description)


def test_the_documentation_tells_the_number_of_probes():
    assert f"{probes.MAX_PROBES} at most" in flow_probe.DOCUMENTATION


def refused(**options):
    validator = arg_spec.ModuleArgumentSpecValidator(
        flow_probe.OPTIONS, required_if=flow_probe.REQUIRED_IF, mutually_exclusive=flow_probe.MUTUALLY_EXCLUSIVE
    )
    return validator.validate(dict(options, nonce=NONCE)).error_messages


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(mode="listen"), "mode is listen but all of the following are missing: probes"),
        (dict(mode="send"), "mode is send but all of the following are missing: probes"),
        (dict(mode="send", probes=[], seconds=9, rate=9), "parameters are mutually exclusive: seconds|rate"),
        (dict(mode="listen", probes=[], seconds=9, timeout=9), "parameters are mutually exclusive: seconds|timeout"),
    ],
)
def test_options_of_another_mode_are_refused(options, message):
    assert refused(**options) == [message]


@pytest.mark.parametrize(
    "options",
    [dict(mode="listen", probes=[], seconds=9), dict(mode="send", probes=[], rate=9, timeout=9), dict(mode="collect")],
)
def test_options_of_a_mode_are_accepted(options):
    assert refused(**options) == []


def test_only_root_may_probe(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(HostError) as caught:
        run("send")
    assert str(caught.value) == "Probing flows requires root. Set become: true."
