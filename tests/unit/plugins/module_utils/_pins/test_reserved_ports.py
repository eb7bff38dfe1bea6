# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our share in the host's one list of reserved ports: added beside the others', and taken out alone."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import reserved_ports


class ReservingHost:
    """The running list of reserved ports, and the files that set it at boot."""

    def __init__(self, folder):
        self.live = folder / "live"
        self.ours = folder / "sysctl.d" / "zz-fleet.ports.conf"
        self.ours.parent.mkdir()
        self.live.write_text("\n")

    def others(self, ports, name="50-others.conf"):
        self.ours.with_name(name).write_text(f"{reserved_ports.KEY} = {ports}\n")

    def bring(self, ports, added=()):
        """Compute, apply to the running kernel, and return the result."""
        result = reserved_ports.compute(ports, list(added))
        for value in result.values:
            self.live.write_text(value.after + "\n")
        return result


@pytest.fixture
def host(tmp_path, monkeypatch):
    host = ReservingHost(tmp_path)
    monkeypatch.setattr(reserved_ports, "LIVE", str(host.live))
    monkeypatch.setattr(reserved_ports, "FILE", str(host.ours))
    monkeypatch.setattr(sysctl, "FOLDERS", [str(host.ours.parent)])
    monkeypatch.setattr(sysctl, "MAIN", str(tmp_path / "sysctl.conf"))
    return host


def test_an_empty_list(host):
    result = host.bring([4045, 4046, 20048])
    assert host.live.read_text() == "4045-4046,20048\n"
    assert [block.text for block in result.blocks] == [f"{reserved_ports.KEY} = 4045-4046,20048\n"]
    assert result.added == [4045, 4046, 20048]


def test_a_second_run_changes_nothing(host):
    first = host.bring([4045, 20048])
    second = host.bring([4045, 20048], first.added)
    assert not second.values
    assert (second.blocks, second.added) == (first.blocks, first.added)


def test_others_files_are_repeated_and_their_running_ports_stay_in_the_kernel_only(host):
    host.others("8080,9000-9010")
    host.live.write_text("7000,8080,9000-9010\n")
    result = host.bring([20048])
    assert host.live.read_text() == "7000,8080,9000-9010,20048\n"
    assert result.blocks[0].text == f"{reserved_ports.KEY} = 8080,9000-9010,20048\n"


def test_only_ports_that_were_added_are_removed(host):
    host.live.write_text("4046,8080\n")
    added = host.bring([4045, 4046, 20048]).added
    assert added == [4045, 20048]
    result = host.bring([], added)
    assert host.live.read_text() == "4046,8080\n"
    assert not result.blocks and not result.added


def test_a_port_out_of_the_midst_of_a_range(host):
    host.live.write_text("4044,4046\n")
    added = host.bring([4045]).added
    assert host.live.read_text() == "4044-4046\n"
    host.bring([], added)
    assert host.live.read_text() == "4044,4046\n"


def test_another_pin_takes_the_place_of_the_first(host):
    added = host.bring([4045]).added
    assert host.bring([4047], added).added == [4047]
    assert host.live.read_text() == "4047\n"


def test_ports_that_another_file_reserves_need_no_file(host):
    host.others("4000-5000")
    host.live.write_text("4000-5000\n")
    result = host.bring([4045])
    assert not result.blocks and not result.values and not result.added


def test_ports_that_another_file_reserves_since_are_not_removed(host):
    added = host.bring([4045]).added
    host.others("4045")
    host.bring([], added)
    assert host.live.read_text() == "4045\n"


def test_a_list_written_in_another_form_is_no_change(host):
    host.live.write_text("20048,4045-4045\n")
    assert not host.bring([4045, 20048]).values


def test_a_file_that_is_applied_later_is_a_warning(host):
    host.others("8080", "zzz.conf")
    assert host.bring([4045]).warnings == [
        f"{host.ours.with_name('zzz.conf')} sets {reserved_ports.KEY} after {host.ours}, so the pins are not "
        "reserved after a boot; move the line to an earlier file."
    ]


def test_a_kernel_that_cannot_be_written_is_refused(host, monkeypatch):
    monkeypatch.setattr(reserved_ports, "LIVE", str(host.live) + ".missing")
    with pytest.raises(HostError, match="must be set to 4045 but cannot be written: No such file or directory. "):
        reserved_ports.compute([4045], [])
