# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packet filter is chosen, and what keeps one that is named from being used."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import backends as backends_
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import TABLE, Backends
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import Service
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host


@pytest.fixture(name="backends")
def fixture_backends(monkeypatch):
    def make(firewalld, nft="/usr/sbin/nft", system="Linux"):
        services = type("", (), {"firewalld": firewalld, "nftables": None})
        monkeypatch.setattr(backends_, "FirewallServices", lambda host: services)
        return Backends(Host(None, lambda name: nft, system))

    return make


MISSING, RUNNING = Service(False, False, False, ""), Service(True, False, True, "")
STOPPED, AT_BOOT = Service(True, False, False, ""), Service(True, True, False, "")


@pytest.mark.parametrize(
    "firewalld, name",
    [
        (MISSING, "nftables"),
        (STOPPED, "nftables"),
        (RUNNING, "firewalld"),
        (AT_BOOT, "firewalld"),
    ],
)
def test_the_one_in_charge(backends, firewalld, name):
    assert backends(firewalld).chosen("auto").name == name


def test_the_one_that_is_named(backends):
    assert backends(STOPPED).chosen("firewalld").name == "firewalld"
    assert backends(STOPPED).chosen("nftables").name == "nftables"


@pytest.mark.parametrize(
    "firewalld, nft, name, sentence",
    [
        (MISSING, None, "auto", "This host has none of firewalld, nftables; install one of them."),
        (
            MISSING,
            "/usr/sbin/nft",
            "firewalld",
            "firewalld is not installed on this host, or is masked; install it, or set backend to 'auto'.",
        ),
        (
            MISSING,
            None,
            "nftables",
            "nftables is not installed on this host; install it, or set backend to 'auto'.",
        ),
        (
            RUNNING,
            "/usr/sbin/nft",
            "nftables",
            "firewalld manages the packet filter of this host; stop and disable it, or set backend to 'auto'.",
        ),
    ],
)
def test_what_the_host_lacks_is_one_sentence(backends, firewalld, nft, name, sentence):
    with pytest.raises(HostError) as error:
        backends(firewalld, nft).chosen(name)
    assert str(error.value) == sentence


def test_one_that_is_gone_can_still_be_given_back(backends):
    assert backends(MISSING, None).named("firewalld").name == "firewalld"
    assert backends(MISSING, None).named("nftables").name == "nftables"


def test_a_backend_of_another_system_is_refused(backends):
    with pytest.raises(HostError) as error:
        backends(MISSING).chosen("aix_ipsec")
    assert str(error.value) == "Backend aix_ipsec does not exist on Linux; set backend to 'auto'."
    with pytest.raises(HostError) as error:
        backends(MISSING, system="AIX").chosen("nftables")
    assert str(error.value) == "Backend nftables does not exist on AIX; set backend to 'auto'."


def test_aix_has_one_backend(backends):
    assert backends(None, system="AIX").chosen("auto").name == "aix_ipsec"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_each_row_loads_a_class_with_the_documented_interface(row):
    backend = row.load()
    assert backend.name == row.name
    assert callable(backend.change) and callable(backend.restore)
