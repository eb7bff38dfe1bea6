# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of version 1.0.0 from real hosts, over its files in a temporary folder: read, found in order, and restored.

What takes a real host (nftables, firewalld, the holder, nfs-utils) is in tests/lab/test_released.py.
"""

import base64
import json
import os
import platform
import re
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._commit.rollback import Rollback
from ansible_collections.fleet.ports.plugins.module_utils._flows import concern as flows, request
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import (
    change as hardening,
    inetd,
    tftpaccess,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    file_changes,
    marked_blocks,
    port_owners,
    records,
)
from ansible_collections.fleet.ports.plugins.module_utils._pins import aix as pins_on_aix, concern as pins
from ansible_collections.fleet.ports.plugins.module_utils._services import concern as services
from ansible_collections.fleet.ports.tests.lab import released_host
from ansible_collections.fleet.ports.tests.lab.aix.host import Host
from ansible_collections.fleet.ports.tests.unit.fakes.files import content
from ansible_collections.fleet.ports.tests.unit.fakes.host import FakeHost

RELEASE = "1.0.0"
RECORDS = "var/lib/fleet.ports"

# Files of a host to which the release adds something.
FOREIGN = {
    "etc/services": b"ssh 22/tcp\ncaf\xe9 1/tcp\n",
    "etc/bindresvport.blacklist": b"# none\n631\n",
    "etc/nftables.conf": b"flush ruleset\n",
}

_PATH = re.compile('(?<=")/(?=etc/|\\.rhosts)')


class Laid:
    """The files of a host below a folder, and the parts of the release that were laid over them."""

    def __init__(self, root, state, name, opened=0):
        self.root = root
        for path, data in FOREIGN.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        found = released_host.parts(RELEASE, state, name, opened)
        found = [each for each in found if each.kind != "link"]
        released_host.lay([each for each in found if each.kind == "own"], str(root))
        self.before = content(root)
        self.rules = released_host.rules(found)
        released_host.lay([self._moved(each) for each in found if each.kind not in ("own", "rules")], str(root))

    def _moved(self, part):
        """Let paths in a record be those below the folder."""
        if not part.path.endswith(".json"):
            return part
        return part._replace(content=_PATH.sub(lambda _found: f"{self.root}/", part.content))

    def memory(self, concern):
        return records.Record(concern).load()

    def assert_restored(self):
        """All is what it was before the release came, but for what a test leaves out."""
        assert content(self.root) == self.before


@pytest.fixture(name="laid")
def fixture_laid(tmp_path, monkeypatch):
    root = tmp_path / "root"
    monkeypatch.setattr(records, "FOLDER", str(root / RECORDS))
    return lambda *words, **options: Laid(root, *words, **options)


class AixHost(FakeHost):
    """A simulated AIX host whose filters have the rules of the release."""

    def __init__(self, folder, rules, role, **files):
        self.simulated = Host.install(folder, role=role, **files)
        super().__init__(lambda argv, **_options: tuple(self.simulated.run(argv)), system="AIX")
        anywhere = "-s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0"
        self._do("mkdev -c ipsec -t 4")
        self._do(f"genfilt -v 4 -a P -g N -c all -i lo0 {anywhere}")
        self.before = self.defined()
        with self.simulated.store.changing() as state:
            state["filters"]["4"]["defined"] += [{"kind": "manual", "fields": fields} for fields in rules]
        self._do("mkfilt -v 4 -u -z D")

    def _do(self, line):
        done = self.simulated.run(line.split())
        assert done.code == 0, done

    def defined(self):
        return self.simulated.store.read()["filters"]["4"]["defined"]


def entries(added):
    """Return the options that lead to these lines of the services database."""
    found = [re.match(r"(\S+) +(\d+)/(\S+)(?: +(\S+))??(?: +# (.*))?$", line).groups() for line in added]
    return [
        dict(name=name, port=int(port), protocol=protocol, aliases=[alias] if alias else [], comment=comment or "")
        for name, port, protocol, alias, comment in found
    ]


@pytest.mark.parametrize("name", ["master01", "client01"])
def test_entries_of_the_services_database(laid, name):
    host = laid("site", name)
    memory = host.memory("services")
    options = dict(entries=entries(memory["added"]), on_conflict="fail", path=memory["path"])
    assert len(options["entries"]) >= 4
    assert not services.compute(None, options).needed
    services.give_back(None).apply()
    assert (host.root / "etc/services").read_bytes() == FOREIGN["etc/services"]
    assert host.memory("services") is None


@pytest.mark.parametrize("name, concern, key", [("nfs01", "pins", "files"), ("client01", "holds", "blacklist")])
def test_blocks_in_files_of_others(laid, name, concern, key):
    host = laid("site", name)
    memory = host.memory(concern)[key]
    kept = marked_blocks.compute(
        [marked_blocks.Block(path, marked_blocks.put_last, known["text"]) for path, known in memory.items()], memory
    )
    assert memory and kept == marked_blocks.Edits([], memory, [])
    gone = marked_blocks.compute([], memory)
    with file_changes.applied(gone.changes):
        pass
    assert gone.warnings == []
    after = content(host.root)
    for path in memory:
        path = os.path.relpath(path, str(host.root))
        assert after.get(path) == host.before.get(path)


def test_pins_of_an_aix_host(laid, tmp_path, monkeypatch):
    host = laid("site", "aixmaster01")
    database = host.root / "etc/services"
    monkeypatch.setattr(pins_on_aix, "DATABASE", str(database))
    monkeypatch.setattr(port_owners, "is_taken", lambda port, protocol: False)
    aix = AixHost(tmp_path / "aix", [], "master", services=database)
    change = pins.compute(aix, {"mountd": 20048, "lockd": 4045, "statd": None})
    assert not change.needed
    pins.give_back(aix).apply()
    assert database.read_bytes() == FOREIGN["etc/services"] and host.memory("pins") is None


def options_of(asked, window):
    """Return the options of a run that asks for what the record says an earlier run was asked for."""
    options = {name: asked[name] for name in ("flows", "peers", "interfaces", "backend", "max_rules")}
    return dict(
        options, aix_default_action=asked["default"], tftpaccess=True, retired={"masters": ["aixmaster01"]},
        window=window, window_renew=False, window_close=False, max_shrink=0, on_blocked="fail",
    )  # fmt: skip


def test_flows_a_window_and_the_hardening_of_an_aix_host(laid, tmp_path, monkeypatch):
    """The one thing to change is the job, whose program is that of the release."""
    opened = int(time.time()) - 60
    host = laid("window", "aixclient01", opened=opened)
    for module, name, path in (
        (tftpaccess, "PATH", "etc/tftpaccess.ctl"), (inetd, "PATH", "etc/inetd.conf"),
        (hardening, "EQUIV", "etc/hosts.equiv"), (hardening, "NIMINFO", "etc/niminfo"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, str(host.root / path))
    monkeypatch.setattr(hardening.pwd, "getpwuid", lambda uid: type("", (), {"pw_dir": str(host.root)}))
    monkeypatch.setattr(platform, "system", lambda: "AIX")
    aix = AixHost(tmp_path / "aix", host.rules, "client", inetd=host.root / "etc/inetd.conf")
    memory = host.memory("flows")["windows"]
    window = dict(seconds=60, clients={"aixclient01": ["198.51.100.31"]}, host="aixclient01")
    options = options_of(memory["request"], window)

    change = flows.compute(aix, options)
    assert [shown["after_header"] for shown in change.diffs()] == ["windows"]
    assert request.from_record(memory["request"]).recorded() == memory["request"], "the job at its end reads it"
    [window] = change.result()["windows"]
    assert window["until"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(opened + 1728000))

    flows.give_back(aix).apply()
    host.assert_restored()
    assert aix.defined() == aix.before


@pytest.mark.parametrize("name", ["client01", "client02", "aixclient01"])
def test_an_unconfirmed_change(laid, name):
    """Its files, the record and what each participant noted of what runs are what they were before the change."""
    host = laid("pending", name)
    with open(os.path.join(records.FOLDER, "rollback", "pending.json")) as file:
        written = json.load(file)
    pending = pending_change.load()
    assert pending.left() == 0, "the host was booted since"

    restored = []
    rollback = Rollback("no program", lambda *words: restored.append(words))
    rollback.job = type("", (), {"disarm": lambda self: None})()
    rollback.undo(pending)

    assert restored == [
        (part["owner"], part["live"], [note["path"] for note in part["files"]]) for part in reversed(written["parts"])
    ]
    notes = [note for part in written["parts"] for note in part["files"]]
    assert notes
    for note in notes:
        with open(note["path"], "rb") as file:
            assert file.read() == base64.b64decode(note["before"])
        assert os.stat(note["path"]).st_mode & 0o777 == note["mode"]
    with open(records.Record("flows").path) as file:
        assert file.read() == written["record"]
    assert pending_change.load() is None
