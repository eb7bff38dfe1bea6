# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packet filter is in charge, and what the service manager says."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import (
    backends as _firewall_backends,
    units as _firewall_units,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Backends
from ansible_collections.fleet.ports.plugins.module_utils._flows.units import Unit, parse
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

SHOWN = """\
ExecStart={ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft -f /etc/nftables.conf ; ignore_errors=no ; status=0/0 }
Id=nftables.service
LoadState=loaded
ActiveState=active
UnitFileState=enabled

Id=firewalld.service
LoadState=%s
ActiveState=%s
UnitFileState=%s
"""


def test_what_systemctl_shows():
    units = parse(SHOWN % ("not-found", "inactive", ""))
    assert units["firewalld.service"] == Unit(installed=False, enabled=False, active=False, exec_start="")
    assert units["nftables.service"].exec_start.split(" ; ")[1] == "argv[]=/usr/sbin/nft -f /etc/nftables.conf"
    assert units["nftables.service"][:3] == (True, True, True)


def test_nothing_shown_is_nothing_there():
    assert parse("")["nftables.service"] == Unit(installed=False, enabled=False, active=False, exec_start="")


def test_without_systemd_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(_firewall_units, "BOOTED", "/does/not/exist")
    assert _firewall_units.read(lambda arguments: pytest.fail("asked")) is None


@pytest.fixture(name="backends")
def fixture_backends(monkeypatch):
    def make(firewalld=None, nft="/usr/sbin/nft"):
        units = parse(SHOWN % firewalld) if firewalld else None
        monkeypatch.setattr(_firewall_backends.units, "read", lambda run: units)
        return Backends(None, lambda name: nft)

    return make


MISSING, RUNNING = ("not-found", "inactive", ""), ("loaded", "active", "disabled")
STOPPED, AT_BOOT, MASKED = (
    ("loaded", "inactive", "disabled"),
    ("loaded", "inactive", "enabled"),
    ("masked", "inactive", "masked"),
)


@pytest.mark.parametrize(
    "firewalld, name",
    [
        (None, "nftables"),
        (MISSING, "nftables"),
        (STOPPED, "nftables"),
        (MASKED, "nftables"),
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
        (MISSING, None, "auto", "This host has neither firewalld nor nftables; install one of them."),
        (
            MISSING,
            "/usr/sbin/nft",
            "firewalld",
            "firewalld is not installed on this host, or masked; install it, or set the backend to 'auto'.",
        ),
        (
            MASKED,
            "/usr/sbin/nft",
            "firewalld",
            "firewalld is not installed on this host, or masked; install it, or set the backend to 'auto'.",
        ),
        (
            MISSING,
            None,
            "nftables",
            "nftables is not installed on this host; install it, or set the backend to 'auto'.",
        ),
        (
            RUNNING,
            "/usr/sbin/nft",
            "nftables",
            "firewalld is in charge of this host; stop and disable it, or set the backend to 'auto'.",
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
