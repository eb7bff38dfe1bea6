# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody else's program has a port of the BMC: it is named, nothing is touched, and once it is gone all is well."""

from __future__ import annotations

import pytest

from .probes import fingerprint, takeable

ROLE = [
    {
        "hosts": "bmc01",
        "gather_facts": False,
        "become": True,
        "roles": [{"role": "fleet.ports.port_blocker"}],
    }
]


@pytest.fixture(name="bmc", scope="module")
def _bmc(lab, host):
    lab.renew("bmc01")
    return host("bmc01")


@pytest.mark.parametrize("address", ["0.0.0.0", "198.51.100.21"])
def test_a_stranger_is_named_and_nothing_is_changed(bmc, playbook, address):
    bmc.run(f"systemd-run --collect --unit stranger socat -u UDP-LISTEN:623,bind={address} OPEN:/dev/null")
    pid = bmc.run("systemctl show --property MainPID --value stranger").strip()
    statd = bmc.run("systemctl show --property MainPID rpc-statd")
    before = fingerprint(bmc)
    for options in (), ("--check",):
        run = playbook(ROLE, *options)
        assert run.status == 2
        complaint = run.complaints()["bmc01"]
        for word in ("623", "socat", pid, "stranger.service"):
            assert word in complaint
        assert "\n" not in complaint and complaint.endswith(".")
    assert fingerprint(bmc) == before
    assert not bmc.succeeds("systemctl is-active --quiet fleet-ports-holder.service")
    assert bmc.run("systemctl show --property MainPID rpc-statd") == statd

    bmc.run("systemctl stop stranger")
    run = playbook(ROLE)
    assert run.status == 0, run.output
    assert takeable(bmc) == []
    absent = playbook(ROLE, extra_vars={"port_blocker_state": "absent"})
    assert absent.status == 0, absent.output
    assert fingerprint(bmc) == before
