# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lockd's live ports, and the mounts that keep it where it is."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    paths = [tmp_path / "nlm_tcpport", tmp_path / "nlm_udpport"]
    monkeypatch.setattr(lockd, "PORTS", [str(path) for path in paths])
    monkeypatch.setattr(lockd, "MOUNTS", str(tmp_path / "mounts"))
    return tmp_path


def load(kernel, tcp="0", udp="0"):
    (kernel / "nlm_tcpport").write_text(tcp + "\n")
    (kernel / "nlm_udpport").write_text(udp + "\n")


def after(values):
    return [value.after for value in values]


def test_without_the_module_there_is_nothing_to_set(kernel):
    values, memory = lockd.compute(4045, {})
    assert not values
    assert [was["before"] for was in memory.values()] == ["0", "0"]


def test_both_protocols_are_set(kernel):
    load(kernel)
    assert after(lockd.compute(4045, {})[0]) == ["4045", "4045"]


def test_what_is_set_already_is_no_change(kernel):
    load(kernel, "4045", "4045")
    assert lockd.compute(4045, {})[0] == []


def test_what_stood_there_is_given_back(kernel):
    load(kernel, "4001", "0")
    memory = lockd.compute(4045, {})[1]
    load(kernel, "4045", "4045")
    assert lockd.compute(4045, memory)[1] == memory
    values, memory = lockd.compute(None, memory)
    assert after(values) == ["4001", "0"] and memory == {}


def test_a_value_that_was_set_externally_stays(kernel):
    load(kernel)
    memory = lockd.compute(4045, {})[1]
    load(kernel, "5000", "4045")
    assert after(lockd.compute(None, memory)[0]) == ["0"]


def test_without_a_pin_and_a_memory_nothing_is_touched(kernel):
    load(kernel, "4001", "4001")
    assert lockd.compute(None, {}) == ([], {})


@pytest.mark.parametrize(
    "line, mount",
    [
        ("srv:/x /mnt nfs rw,vers=3,proto=tcp 0 0", "/mnt"),
        ("srv:/x /mnt nfs rw,vers=2 0 0", "/mnt"),
        ("srv:/x /mnt nfs rw,vers=3,nolock 0 0", None),
        ("srv:/x /mnt nfs4 rw,vers=4.2 0 0", None),
        ("tmpfs /mnt tmpfs rw,vers=3 0 0", None),
    ],
)
def test_the_mounts_that_keep_lockd(kernel, line, mount):
    (kernel / "mounts").write_text("proc /proc proc rw 0 0\n" + line + "\n")
    assert lockd.keeping_mount() == mount


def test_the_options_of_the_module():
    block = lockd.options(4045)
    assert block.path.startswith("/etc/modprobe.d/") and block.path.endswith(".conf")
    assert block.text == "options lockd nlm_tcpport=4045 nlm_udpport=4045\n"


def test_no_mounts_at_all(kernel):
    assert lockd.keeping_mount() is None
