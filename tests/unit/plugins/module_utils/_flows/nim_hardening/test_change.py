# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hardening of NIM against a simulated AIX host and against plain files: done, done once, given back."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import (
    change as _hardening,
    inetd,
    tftpaccess,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening.change import (
    NOTHING,
    NimHardening,
    Wanted,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.lab.aix.host import Host

INETD = b"#ftp stream tcp6 nowait root /usr/sbin/ftpd ftpd\nshell stream tcp6 nowait root /usr/sbin/rshd rshd\nexec x\n"
RHOSTS = b"nim01.example.com root\nadmin root\nnim02 root"
RETIRED = Wanted(tftpaccess=False, retired_from=["nim01", "192.0.2.10/32"])
LIMITED = Wanted(tftpaccess=True, retired_from=None)


class Site:
    """The files of one host, and what runs on it."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.memory = {}
        self.is_aix = True
        for name, data in (("inetd.conf", INETD), (".rhosts", RHOSTS), ("hosts.equiv", b"192.0.2.10\n+@ops\n")):
            (folder / name).write_bytes(data)
        (folder / "niminfo").write_bytes(b"export NIM_NAME=c\nexport NIM_MASTER_HOSTNAME=nim02.example.com\n")
        monkeypatch.setattr(tftpaccess, "PATH", str(folder / "tftpaccess.ctl"))
        monkeypatch.setattr(inetd, "PATH", str(folder / "inetd.conf"))
        monkeypatch.setattr(inetd, "PID_FILE", str(folder / "inetd.pid"))
        monkeypatch.setattr(inetd, "PROCESSES", str(folder))
        monkeypatch.setattr(inetd, "OTHERS", {str(folder / "rsh"): "set 'disable = yes' in it and reload xinetd"})
        monkeypatch.setattr(_hardening, "EQUIV", str(folder / "hosts.equiv"))
        monkeypatch.setattr(_hardening, "NIMINFO", str(folder / "niminfo"))
        monkeypatch.setattr(_hardening.pwd, "getpwuid", lambda uid: type("", (), {"pw_dir": str(folder)}))
        self.host = Host.install(folder / "host", role="client", inetd=folder / "inetd.conf")

    def run(self, argv):
        done = self.host.run(argv)
        return done.code, done.output, done.errors

    def change(self, wanted):
        return NimHardening(self).change(wanted, self.memory)

    def keep(self, wanted):
        """Make the change and return it."""
        change = self.change(wanted)
        if change.needed:
            change.apply()
        self.memory = change.report.memory or {}
        return change

    def files(self):
        names = (".rhosts", "hosts.equiv", "inetd.conf", "tftpaccess.ctl")
        return {name: (self.folder / name).read_bytes() for name in names if (self.folder / name).exists()}


@pytest.fixture
def site(tmp_path, monkeypatch):
    return Site(tmp_path, monkeypatch)


def test_a_retired_client_trusts_no_master_and_serves_no_shell(site):
    change = site.keep(RETIRED)
    assert site.files() == {
        ".rhosts": b"admin root\n",
        "hosts.equiv": b"+@ops\n",
        "inetd.conf": b"#ftp stream tcp6 nowait root /usr/sbin/ftpd ftpd\nexec x\n",
    }
    assert site.host.store.read()["inetd"] == ["exec"]
    assert [os.path.basename(shown["before_header"]) for shown in change.diffs()] == [
        ".rhosts", "hosts.equiv", "inetd.conf",
    ]
    assert change.report.warnings == [
        "{0} has the line '+@ops', which may trust the NIM master as well; it is left unchanged.".format(site.folder / "hosts.equiv")
    ]


@pytest.mark.parametrize("wanted", [RETIRED, LIMITED])
def test_a_second_run_changes_nothing_and_starts_nothing(site, wanted):
    site.keep(wanted)
    memory = site.memory
    site.host.forget_calls()
    assert not site.keep(wanted).needed
    assert site.memory == memory
    assert site.host.calls() == []


@pytest.mark.parametrize("wanted", [RETIRED, LIMITED, Wanted(True, ["nim02"])])
def test_what_is_given_back_is_what_it_was(site, wanted):
    before = site.files()
    site.keep(wanted)
    assert site.files() != before
    assert site.memory
    site.keep(NOTHING)
    assert site.files() == before
    assert site.memory == {}
    assert site.host.run(["lssrc", "-s", "inetd"]).code == 0


def test_computing_writes_nothing(site):
    before = site.files()
    assert site.change(Wanted(True, ["nim01"])).needed
    assert site.files() == before
    assert site.host.calls() == []


def test_a_client_that_is_in_use_again_serves_its_shell(site):
    site.keep(RETIRED)
    site.keep(NOTHING)
    assert site.host.store.read()["inetd"] == ["exec", "shell"]


def test_an_inetd_that_does_not_run_need_not_be_told(site):
    site.host.run(["stopsrc", "-s", "inetd"])
    site.host.change(stop_seconds=0)
    with site.host.store.changing() as state:
        state["subsystems"]["inetd"].update(pid=None, ends=None)
    site.keep(RETIRED)
    assert b"shell" not in site.files()["inetd.conf"]


def test_where_inetd_cannot_be_told_the_files_are_put_back(site):
    before = site.files()
    site.host.fault("refresh", message="0513-999 No.")
    with pytest.raises(HostError) as error:
        site.keep(RETIRED)
    assert str(error.value) == "'refresh -s inetd' failed: 0513-999 No."
    assert site.files() == before


def test_a_file_that_is_gone_is_not_created(site):
    site.keep(RETIRED)
    (site.folder / ".rhosts").unlink()
    change = site.keep(NOTHING)
    assert ".rhosts" not in site.files()
    assert change.report.warnings == ["{0} no longer exists, so no lines are restored in it.".format(site.folder / ".rhosts")]


def test_tftp_gives_away_its_folder_only(site):
    site.keep(LIMITED)
    assert site.files()["tftpaccess.ctl"] == b"allow:/tftpboot\n"
    assert os.stat(str(site.folder / "tftpaccess.ctl")).st_mode & 0o777 == 0o644


def test_a_file_that_says_so_already_is_left_unchanged(site):
    (site.folder / "tftpaccess.ctl").write_bytes(b"# NIM access for network boot\nallow:/tftpboot\n")
    assert not site.keep(LIMITED).needed
    assert site.memory == {}


def test_on_linux_tftpaccess_means_nothing(site):
    site.is_aix = False
    change = site.keep(LIMITED)
    assert not change.needed
    assert [found["what"] for found in change.report.not_applicable] == ["tftpaccess"]
    assert "in.tftpd --secure" in change.report.not_applicable[0]["why"]


@pytest.mark.parametrize(
    "process, signals", [(b"inetd\n", [(4711, inetd.signal.SIGHUP)]), (b"bash\n", []), (None, [])]
)
def test_on_linux_inetd_gets_its_signal(site, monkeypatch, process, signals):
    site.is_aix = False
    sent = []
    monkeypatch.setattr(inetd.os, "kill", lambda *words: sent.append(words))
    if process:
        (site.folder / "inetd.pid").write_bytes(b"4711\n")
        (site.folder / "4711").mkdir()
        (site.folder / "4711" / "comm").write_bytes(process)
    site.keep(RETIRED)
    assert sent == signals
    assert b"shell" not in site.files()["inetd.conf"]


@pytest.mark.parametrize(
    "text, is_named", [(b"service shell\n{\n disable = no\n}\n", True), (b"\tdisable = yes\n", False)]
)
def test_on_linux_others_that_serve_rsh_are_named(site, text, is_named):
    site.is_aix = False
    (site.folder / "rsh").write_bytes(text)
    sentence = "makes this host serve rsh and is left unchanged; to stop that, set 'disable = yes'"
    assert any(sentence in warning for warning in site.change(RETIRED).report.warnings) == is_named
