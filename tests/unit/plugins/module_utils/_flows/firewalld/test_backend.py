# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewalld backend, on files in a temporary folder and beside a firewalld that reads them as the real one does."""

import glob
import os
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import Service as ServiceState
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import backend, config_files
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.backend import Firewalld
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.service import Status
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PEERS = {"c": ["192.0.2.1", "192.0.2.3"]}


def wanted(port="111"):
    end = {"role": "c", "ports": ["512-1023"]}
    flow = {"id": "f", "direction": "in", "protocol": "tcp", "initiates": True, "source": end}
    return opening([dict(flow, destination={"role": "m", "ports": [port]})], PEERS, [])


def nothing_is_rehearsed(_function):
    raise NotRehearsed("this is a test")


SETTINGS = Settings(default_action=None, max_rules=None, connection="", on_blocked="fail", inside=nothing_is_rehearsed)


class Service:
    """A firewalld that fails open when its files name a set that is not there, or when it is told to fail."""

    def __init__(self, folder):
        self.folder = folder
        self.version = (1, 3, 3)
        self.refuses = []
        self.reloads = 0
        self._filters = True
        self._policies, self._sets = {}, {}

    def status(self):
        return Status(self.version, self._filters, has_kernel_sets=False)

    def uses_nftables(self):
        return True

    def policies(self):
        return list(self._policies)

    def rules(self, policy):
        return self._policies[policy]

    def sets(self):
        return list(self._sets)

    def entries(self, name):
        return self._sets[name]

    def reload(self):
        self.reloads += 1
        if self.refuses and self.refuses.pop(0):
            self._filters = False
            raise HostError("firewalld could not load its files (INVALID_X)")
        self._filters = True
        self._sets = {name: [entry.text for entry in root.iter("entry")] for name, root in self._read("ipsets")}
        self._policies = {
            name: [_rule_text(rule) for rule in root.iter("rule")] for name, root in self._read("policies")
        }
        named = [end.get("ipset") for _name, root in self._read("policies") for end in root.iter("source")]
        assert set(named) - {None} <= set(self._sets)

    def _read(self, kind):
        for path in glob.glob(os.path.join(self.folder, kind, "*.xml")):
            yield os.path.basename(path)[:-4], ElementTree.parse(path).getroot()


def _rule_text(rule):
    words = ['rule family="%s"' % rule.get("family")]
    for part in rule:
        words.append(" ".join([part.tag] + ['%s="%s"' % item for item in part.attrib.items()]))
    return " ".join(words)


class FirewalldHost:
    """A host with firewalld, and its files in a temporary folder."""

    def __init__(self, folder, monkeypatch):
        self.folder = str(folder / "etc")
        self.service = Service(self.folder)
        self.check = (0, "", "")
        monkeypatch.setattr(config_files, "FOLDER", self.folder)
        monkeypatch.setattr(config_files, "VENDORS", str(folder / "usr"))
        monkeypatch.setattr(backend, "Bus", lambda: self.service)
        monkeypatch.setattr(filters, "LEGACY_TABLES", {})

    def change(self, what, active=True):
        services = SimpleNamespace(firewalld=ServiceState(True, True, active, ""))
        return Firewalld(self, services, SETTINGS).change(what, {})

    def run(self, arguments, **_options):
        if arguments == ["nft", "list", "ruleset"]:
            return 0, "", ""
        assert arguments == ["firewall-cmd", "--check-config"]
        return self.check

    @staticmethod
    def find(name):
        return name if name == "nft" else None

    def files(self):
        return sorted(os.path.relpath(path, self.folder) for path in glob.glob(self.folder + "/*/*"))


@pytest.fixture(name="host")
def fixture_host(tmp_path, monkeypatch):
    return FirewalldHost(tmp_path, monkeypatch)


def failure(function, *arguments, **options):
    with pytest.raises(HostError) as error:
        function(*arguments, **options)
    return str(error.value)


def test_what_is_wanted_is_written_and_loaded_once(host):
    change = host.change(wanted())
    assert change.needed and host.files() == []
    change.apply()
    assert host.service.reloads == 1
    assert len(host.files()) == 2
    assert not host.change(wanted()).needed
    report = host.change(wanted()).report
    assert (report.rules, report.widened, report.enforced, report.memory) == (1, [], ["input", "forward"], {})
    assert (report.rehearsed, report.not_rehearsed, report.blocked) == (False, "this is a test", [])


def test_nothing_wanted_gives_the_host_back(host):
    host.change(wanted()).apply()
    change = host.change(NOTHING)
    assert change.needed and change.report.memory is None
    change.apply()
    assert host.files() == [] and host.service.policies() == []
    assert not host.change(NOTHING).needed


def test_what_was_changed_externally_at_run_time_is_repaired(host):
    host.change(wanted()).apply()
    host.service.entries(host.service.sets()[0]).append("203.0.113.9,tcp:1")
    change = host.change(wanted())
    assert "203.0.113.9" in change.diffs()[0]["before"] and "203.0.113.9" not in change.diffs()[0]["after"]
    change.apply()
    assert not host.change(wanted()).needed


def test_a_firewalld_that_does_not_filter_is_loaded_again(host):
    host.change(wanted()).apply()
    host.service.refuses = [True]
    failure(host.service.reload)
    change = host.change(wanted())
    assert change.needed
    change.apply()
    assert host.service.status().filters


def test_after_a_reload_that_fails_the_former_files_are_loaded(host):
    host.change(wanted()).apply()
    before = host.files()
    host.service.refuses = [True, False]
    assert failure(host.change(wanted("2049")).apply) == (
        "firewalld could not load its files (INVALID_X); the former files were restored and loaded, nothing was changed."
    )
    assert host.files() == before and host.service.status().filters
    assert not host.change(wanted()).needed


def test_a_host_that_lets_everything_pass_is_shouted_about(host):
    host.service.refuses = [True, True]
    assert failure(host.change(wanted()).apply).endswith(
        "the former files do not load either, so THIS HOST LETS EVERYTHING PASS until they are corrected."
    )


def test_files_of_others_that_would_not_load_are_found_before(host):
    os.makedirs(host.folder + "/zones")
    zone = host.folder + "/zones/public.xml"
    with open(zone, "w") as stream:
        stream.write('<zone><source ipset="gone"/></zone>')
    assert failure(host.change, wanted()) == (
        "{0} names the ipset gone, which a reload of firewalld would not find; correct that file first.".format(zone)
    )
    os.unlink(zone)
    host.check = (1, "", "Error: INVALID_TARGET: X\n")
    assert failure(host.change, wanted()) == (
        "firewalld cannot load its files (Error: INVALID_TARGET: X); correct them first."
    )


def test_a_stopped_firewalld_can_only_be_given_back(host):
    assert failure(host.change, wanted(), active=False) == (
        "firewalld is not running; start firewalld.service, or set another backend."
    )
    host.change(wanted()).apply()
    change = host.change(NOTHING, active=False)
    change.apply()
    assert host.files() == [] and host.service.reloads == 1


def test_an_old_firewalld_is_refused(host):
    host.service.version = (0, 8, 2)
    assert failure(host.change, wanted()) == (
        "firewalld 0.8.2 has no policies; update it to 0.9 or later, or set another backend."
    )
