# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concern of services on real files: what it reads, writes, returns and refuses."""

import json
import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, concern_module
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host as AnyHost
from ansible_collections.fleet.ports.plugins.module_utils._services import concern
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule
from ansible_collections.fleet.ports.tests.unit.fakes.files import content

RMCP = dict(name="rmcp", port=623, protocol="udp", aliases=[], comment="")
RMCPS = dict(name="rmcps", port=664, protocol="udp", aliases=[], comment="")


class ServicesHost:
    """A host with a services database and a folder of records, both in a temporary place."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "services")
        self.records = os.path.join(folder, "records")
        self.vendors = os.path.join(folder, "vendors")

    def run(self, entries=(), state="present", on_conflict="fail", path=None, check_mode=False):
        self.module = FakeModule(
            check_mode, entries=list(entries), state=state, on_conflict=on_conflict, path=path or self.path
        )
        return concern_module.outcome(self.module, concern, AnyHost())

    def put(self, data, name="services"):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)

    def get(self):
        return atomic_file.read(self.path)

    def everything(self):
        return content(self.folder)


@pytest.fixture
def host(tmp_path, record_folder, monkeypatch):
    host = ServicesHost(str(tmp_path))
    monkeypatch.setattr(concern, "VENDOR_FILES", {host.path: host.vendors})
    return host


def test_present_twice_then_absent_twice(host):
    host.put(b"caf\xe9 1/tcp\r\nlast 2/tcp")
    before = host.everything()

    first = host.run([RMCP, RMCPS])
    assert (first["changed"], first["left"], first["owned"]) == (True, [], ["services"])
    assert host.get() == b"caf\xe9 1/tcp\r\nlast 2/tcp\r\nrmcp            623/udp\r\nrmcps           664/udp\r\n"

    written = host.everything()
    second = host.run([RMCP, RMCPS])
    assert (second["changed"], second["diff"], second["owned"]) == (False, [], ["services"])
    assert host.everything() == written

    third = host.run(state="absent")
    assert (third["changed"], third["left"], third["owned"]) == (True, [], [])
    assert host.everything() == before
    assert not os.path.exists(host.records)

    assert host.run(state="absent")["changed"] is False
    assert host.everything() == before


@pytest.mark.parametrize("database", [None, b"", b"ssh 22/tcp", b"rmcp 700/udp\n", b"rmcp 623/udp\nrmcps 664/udp\n"])
def test_check_mode_writes_nothing_and_predicts_all(host, database):
    if database is not None:
        host.put(database)
    for options in (dict(entries=[RMCP, RMCPS]), dict(entries=[RMCPS]), dict(state="absent")):
        options["on_conflict"] = "replace"
        before = host.everything()
        predicted = host.run(check_mode=True, **options)
        assert host.everything() == before
        done = host.run(**options)
        assert (predicted["changed"], predicted["diff"]) == (done["changed"], done["diff"])


def test_the_diff_shows_latin_1_as_escapes_and_utf_8_as_it_is(host):
    host.put(b"# caf\xe9\n# caf\xc3\xa9\n")
    diff = host.run([RMCP])["diff"]
    assert diff == [
        {
            "before": "# caf\\xe9\n# café\n",
            "after": "# caf\\xe9\n# café\nrmcp            623/udp\n",
            "before_header": host.path,
            "after_header": host.path,
        }
    ]


def test_differences_are_returned_as_lines(host):
    host.put(b"ssh 22/tcp\n")
    missing = {"count": 1, "lines": ["rmcp            623/udp"]}
    difference = {"where": host.path, "unwanted": {"count": 0, "lines": []}, "missing": missing}
    assert host.run([RMCP])["differences"] == [difference]
    assert host.run([RMCP])["differences"] == []


def test_a_host_that_has_the_names_already_gets_no_record(host):
    host.put(b"rmcp 623/udp\n")
    result = host.run([RMCP])
    assert (result["changed"], result["owned"]) == (False, [])
    assert not os.path.exists(host.records)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("database", [None, b"", b"ssh 22/tcp", b"rmcp 623/udp\r\n"])
def test_no_names_are_only_a_question(host, database, check_mode):
    """A host whose plan asks for nothing is asked what it has records of."""
    host.put(b"ssh 22/tcp\n", "vendors")
    if database is not None:
        host.put(database)
    before = host.everything()
    result = host.run([], check_mode=check_mode)
    assert (result["changed"], result["left"], result["owned"]) == (False, [], [])
    assert host.everything() == before


def test_a_missing_file_is_created_and_removed(host):
    result = host.run([RMCP])
    assert host.get() == b"rmcp            623/udp\n"
    assert os.stat(host.path).st_mode & 0o777 == 0o644
    assert result["diff"][0]["before_header"] == f"{host.path} (missing)"
    result = host.run(state="absent")
    assert host.get() is None
    assert result["diff"][0]["after_header"] == f"{host.path} (removed)"


def test_a_missing_file_starts_as_the_vendors_and_the_vendors_stays(host):
    host.put(b"ssh 22/tcp\n", name="vendors")
    before = host.everything()
    host.run([RMCP])
    assert host.get() == b"ssh 22/tcp\nrmcp            623/udp\n"
    host.put(b"ssh 22/tcp\nnew 23/tcp\n", name="vendors")
    assert host.run([RMCP])["changed"] is False
    host.put(b"ssh 22/tcp\n", name="vendors")
    host.run(state="absent")
    assert host.everything() == before


def test_a_conflict_in_the_vendors_names_the_vendors(host):
    host.put(b"rmcp 700/udp\n", name="vendors")
    with pytest.raises(HostError) as error:
        host.run([RMCP])
    assert str(error.value).startswith(f"{host.vendors}, line 1, gives rmcp/udp the port 700, not 623;")
    host.run([RMCP], on_conflict="replace")
    assert host.get() == b"rmcp 623/udp\n"


def test_a_conflict_changes_nothing(host):
    host.put(b"rmcps 700/udp\n")
    before = host.everything()
    with pytest.raises(HostError) as error:
        host.run([RMCP, RMCPS])
    assert str(error.value) == (
        f"{host.path}, line 1, gives rmcps/udp the port 700, not 664; correct that line or set on_conflict to replace."
    )
    assert host.everything() == before


def test_an_external_modification_stays_with_a_warning(host):
    host.run([RMCP, RMCPS])
    host.put(b"rmcp 623/udp # caf\xe9\n")
    result = host.run(state="absent")
    assert (result["changed"], result["left"], result["owned"]) == (False, ["rmcp 623/udp # caf\\xe9"], [])
    assert host.module.warnings == [
        f"{host.path}: the managed line 'rmcp 623/udp # caf\\\\xe9' was modified externally; it stays, and is no "
        "longer managed."
    ]
    assert host.get() == b"rmcp 623/udp # caf\xe9\n"


def test_a_relative_path_is_refused(host):
    with pytest.raises(HostError) as error:
        host.run([RMCP], path="services")
    assert str(error.value) == "The path of the services database is 'services'; use an absolute path."


def test_a_host_has_one_database(host):
    host.run([RMCP])
    other = os.path.join(host.folder, "other")
    with pytest.raises(HostError) as error:
        host.run([RMCP], path=other)
    assert str(error.value) == (
        f"The services of this host are in {host.path}; restore that file with state absent before you use {other}."
    )
    host.run(state="absent", path=other)
    assert host.everything() == {}


def test_absent_asks_for_no_entries(host):
    host.run([RMCP])
    host.run([dict(RMCP, port=0)], state="absent")
    assert host.everything() == {}


@pytest.mark.parametrize("step", ["add", "remove"])
def test_a_file_that_cannot_be_written_leaves_file_and_record_as_they_were(host, step, monkeypatch):
    if step == "remove":
        host.run([RMCP])
        host.put(host.get() + b"theirs 1/tcp\n")
    else:
        host.put(b"ssh 22/tcp\n")
    before = host.everything()
    real = os.rename

    def read_only(source, target):
        if target == host.path:
            raise OSError(30, "Read-only file system")
        real(source, target)

    monkeypatch.setattr(os, "rename", read_only)
    with pytest.raises(HostError) as error:
        host.run([RMCP] if step == "add" else [])
    assert str(error.value) == f"Cannot write {host.path}: Read-only file system; the file was not changed."
    assert host.everything() == before


def test_the_record_is_there_before_the_change(host, monkeypatch):
    host.put(b"ssh 22/tcp\n")
    seen = []
    real = os.rename

    def watch(source, target):
        if target == host.path:
            with open(os.path.join(host.records, "services.json")) as file:
                seen.append([line.split()[0] for line in json.load(file)["content"]["added"]])
        real(source, target)

    monkeypatch.setattr(os, "rename", watch)
    host.run([RMCP])
    host.run([RMCPS])
    assert seen == [["rmcp"], ["rmcp", "rmcps"]]


def test_a_system_without_extended_attributes_and_gnu_tools(host, monkeypatch):
    """Such as AIX: the module starts no program at all, which the stand-in for Ansible would not know either."""
    for name in ("getxattr", "setxattr", "listxattr"):
        monkeypatch.delattr(os, name, raising=False)
    host.put(b"nim 1058/tcp\nnimsh\t3901/udp\n")
    nim = [dict(RMCP, name=name, port=port, protocol="tcp") for name, port in (("nim", 1058), ("nimsh", 3901))]
    assert host.run(nim)["changed"]
    assert host.get() == b"nim 1058/tcp\nnimsh\t3901/udp\nnimsh           3901/tcp\n"
    assert not host.run(nim)["changed"]
    host.run(state="absent")
    assert host.get() == b"nim 1058/tcp\nnimsh\t3901/udp\n"


def test_record_and_file_are_those_of_release_1_0_0(host):
    """A host that 1.0.0 brought in order is in order, and its record restores the file."""
    before = b"old 1/tcp\r\nrmcps 700/udp asf # x\nlast 2/tcp"
    host.put(before)
    host.run([RMCP, RMCPS], on_conflict="replace")
    with open(os.path.join(host.records, "services.json")) as file:
        assert json.load(file) == {
            "concern": "services",
            "content": {
                "added": ["rmcp            623/udp", "rmcps           664/udp"],
                "created_from": None,
                "ended": ["last 2/tcp"],
                "path": host.path,
                "replaced": [{"after": "asf 700/udp # x", "before": "rmcps 700/udp asf # x", "nth": 0}],
            },
            "version": 1,
        }
    assert host.get() == (
        b"old 1/tcp\r\nasf 700/udp # x\nlast 2/tcp\nrmcp            623/udp\nrmcps           664/udp\n"
    )
    host.run(state="absent")
    assert host.get() == before
