# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which the files of sysctl.d(5) are applied, and what they assign."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import sysctl

KEY = "net.ipv4.ip_local_reserved_ports"


@pytest.fixture
def host(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("etc", "run", "usr")]
    for folder in folders:
        folder.mkdir()
    monkeypatch.setattr(sysctl, "FOLDERS", [str(folder) for folder in folders])
    monkeypatch.setattr(sysctl, "MAIN", str(tmp_path / "sysctl.conf"))
    return tmp_path


def values():
    return [assignment.value for assignment in sysctl.assignments(KEY)]


def test_sorted_by_name_whatever_the_folder(host):
    (host / "etc" / "90-b.conf").write_text(f"{KEY} = 2\n")
    (host / "usr" / "10-a.conf").write_text(f"{KEY} = 1\n")
    (host / "run" / "95-c.conf").write_text(f"{KEY} = 3\n")
    assert values() == ["1", "2", "3"]


def test_the_first_folder_hides_the_same_name_in_the_others(host):
    (host / "etc" / "10-a.conf").write_text("# nothing\n")
    (host / "usr" / "10-a.conf").write_text(f"{KEY} = 1\n")
    assert values() == []


def test_the_main_file_comes_last(host):
    (host / "etc" / "zz.conf").write_text(f"{KEY} = 1\n")
    (host / "sysctl.conf").write_text(f"{KEY} = 2\n")
    assert values() == ["1", "2"]


def test_a_link_gives_the_main_file_its_place(host):
    (host / "sysctl.conf").write_text(f"{KEY} = 1\n")
    (host / "etc" / "99-sysctl.conf").symlink_to("../sysctl.conf")
    (host / "etc" / "zz.conf").write_text(f"{KEY} = 2\n")
    assert values() == ["1", "2"]


@pytest.mark.parametrize(
    "line", [f"{KEY}=8080", f"  {KEY}  =  8080  ", f"-{KEY} = 8080", "net/ipv4/ip_local_reserved_ports = 8080"]
)
def test_the_forms_of_an_assignment(host, line):
    (host / "etc" / "a.conf").write_text(line + "\n")
    assert values() == ["8080"]


@pytest.mark.parametrize("line", [f"# {KEY} = 1", f"; {KEY} = 1", f"{KEY}_more = 1", KEY, "", "other = 1"])
def test_what_is_none(host, line):
    (host / "etc" / "a.conf").write_text(line + "\n")
    assert values() == []


def test_foreign_bytes_do_no_harm(host):
    (host / "etc" / "a.conf").write_bytes(b"# caf\xe9\n" + KEY.encode() + b" = 1\n")
    assert values() == ["1"]


def test_which_file_is_applied_last(host):
    after = sysctl.is_applied_after
    assert after("/etc/sysctl.d/zzz.conf", "/etc/sysctl.d/zz-fleet.ports.conf")
    assert not after("/etc/sysctl.d/99-sysctl.conf", "/etc/sysctl.d/zz-fleet.ports.conf")
    assert after(sysctl.MAIN, "/etc/sysctl.d/zz-fleet.ports.conf")
