# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemctl: its answers, and its refusals."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import systemctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.systemctl import Systemctl


def answering(code=0, output="", errors=""):
    return Systemctl(lambda command: (code, output, errors))


@pytest.mark.parametrize("text, version", [
    ("252 (252.39-1~deb12u2)", 252), ("252.39-1~deb12u2", 252), ("v257.4", 257), ("systemd 219", 219),
])  # fmt: skip
def test_the_version_is_the_first_number(text, version):
    assert answering(output=f"Version={text}\n").version() == version


def test_options_are_those_of_systemd_219():
    """It has no --value, which is new in 230."""
    asked = []

    def run(command):
        asked.append(command)
        return 0, "Version=219\n", ""

    Systemctl(run).version()
    Systemctl(run).show(["a.service"], "Id")
    assert asked == [["systemctl", "show", "--property=Version"], ["systemctl", "show", "--property=Id", "a.service"]]


def test_a_host_without_its_folder_is_not_run_by_systemd(tmp_path, monkeypatch):
    for path, booted in ((tmp_path, True), (tmp_path / "system", False)):
        monkeypatch.setattr(systemctl, "BOOTED", str(path))
        assert systemctl.is_booted() is booted


def test_properties_come_by_unit():
    shown = answering(output="Id=a.service\nListen=x=y\n\nId=b.service\nListen=\n").show(["a", "b"], "Id", "Listen")
    assert shown == [{"Id": "a.service", "Listen": "x=y"}, {"Id": "b.service", "Listen": ""}]


@pytest.mark.parametrize("output, errors, told", [
    ("", "Failed to start x.service.\nSee 'systemctl status x'.\n", "Failed to start x.service; See 'systemctl status x'"),
    ("only this\n", "", "only this"),
    ("", "", "exit status 5"),
])  # fmt: skip
def test_a_refusal_is_one_sentence(output, errors, told):
    with pytest.raises(HostError) as error:
        answering(5, output, errors)("start", "x.service")
    assert str(error.value) == f"'systemctl start x.service' failed: {told}."


def test_what_it_does_not_know_is_empty():
    assert answering(output="Id=a\nodd\n").show(["a"], "Id", "New") == [{"Id": "a", "New": ""}]


def test_fewer_units_than_asked_for_are_refused(monkeypatch):
    monkeypatch.setattr(systemctl, "_PAUSES", (0, 0))
    with pytest.raises(HostError, match="shows only 1 of the units a, b"):
        answering(output="Id=a\n").show(["a", "b"], "Id")


def test_a_version_without_a_number_is_refused():
    with pytest.raises(HostError, match="reports 'soon', which is not a version of systemd"):
        answering(output="Version=soon\n").version()


def test_a_manager_that_leaves_a_unit_out_is_asked_again(monkeypatch):
    answers = ["Id=b\n", "Id=a\n\nId=b\n"]
    pauses = []
    monkeypatch.setattr(systemctl.time, "sleep", pauses.append)
    assert Systemctl(lambda command: (0, answers.pop(0), "")).show(["a", "b"], "Id") == [{"Id": "a"}, {"Id": "b"}]
    assert (answers, len(pauses)) == ([], 1)
