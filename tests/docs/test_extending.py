# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of "A packet filter" in the guide to extending, followed literally in a copy of the collection."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import pages

GUIDE = (pages.REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
SECTION = GUIDE.split("## A packet filter\n")[1].split("\n## ")[0]
BLOCKS = dict(re.findall(r"```python\n# (\S+?\.py(?:, [^\n]+)?)\n(.*?)```", SECTION, re.DOTALL))

# The host's packet filter: "load FILE" puts the file's rules in force, "list" shows those.
RULER = """#!/bin/sh
case $1 in
load) [ ! -e "{folder}/broken" ] || {{ echo "no memory" >&2; exit 1; }}
      if [ -e "$2" ]; then cp "$2" "{folder}/in-force"; else : >"{folder}/in-force"; fi ;;
list) cat "{folder}/in-force" ;;
esac
"""

# What the module does on the host, without Ansible. Its argument is what to do.
PROGRAM = """
import json, sys
from ansible_collections.fleet.ports.plugins.module_utils._flows import concern, participants
from ansible_collections.fleet.ports.plugins.module_utils._flows.example import backend
from ansible_collections.fleet.ports.plugins.module_utils._host import host, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

folder, port = sys.argv[1], sys.argv[2]
records.FOLDER, backend.RULES = folder + "/records", folder + "/ruler.rules"
host.os.geteuid = lambda: 0
flow = {
    "id": "example-flow", "direction": "in", "protocol": "tcp", "initiates": True,
    "source": {"role": "client", "ports": ["512-1023"]}, "destination": {"role": "master", "ports": [port]},
}
options = {name: option.get("default") for name, option in concern.OPTIONS.items()}
options.update(flows=[flow], peers={"client": ["192.0.2.0/24"]}, backend="example")
if port == "undo":
    for part in json.loads(sys.argv[3]):
        participants.restore(part["owner"], part["live"], [note["path"] for note in part["files"]])
    sys.exit(print("{}"))
if port == "none":
    change = concern.give_back(host.Host(system="Linux"))
else:
    change = concern.compute(host.Host(system="Linux"), options)
answer = {"needed": change.needed, "former": json.loads(json.dumps(change.former_state()))}
try:
    change.apply()
except HostError as error:
    answer["error"] = str(error)
answer.update(change.result(), record=records.Record("flows").load())
print(json.dumps(answer))
"""


class Site:
    """A copy of the collection with the new backend, and a host with a packet filter of its kind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.collection = folder / "ansible_collections" / "fleet" / "ports"
        shutil.copytree(pages.REPOSITORY / "plugins", self.collection / "plugins")
        (folder / "bin").mkdir()
        (folder / "in-force").touch()
        (folder / "bin" / "ruler").write_text(RULER.format(folder=folder))
        (folder / "bin" / "ruler").chmod(0o755)

    def follow(self, steps: dict[str, str]) -> None:
        """Do what the page says: a block with a path is that file; of the others, one goes before, one into the table."""
        for where, code in steps.items():
            path, _comma, place = where.partition(", ")
            file = self.collection / path
            if not place:
                file.parent.mkdir()
                file.write_text(code)
                continue
            before, table, after = file.read_text().partition("TABLE = (\n")
            assert table
            file.write_text(f"{before}{code}\n\n{table}{after}" if place == "before TABLE" else before + table + code + after)

    def bring(self, port: str, former: object = None) -> dict:
        """Bring the host to one flow to this port, or give it back ("none"), or undo what runs of a change ("undo")."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(self.folder), port, json.dumps(former)],
            env={"PYTHONPATH": str(self.folder), "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def state(self) -> tuple[str | None, str]:
        """The rules on disk and those in force."""
        path = self.folder / "ruler.rules"
        return path.read_text() if path.exists() else None, (self.folder / "in-force").read_text()


@pytest.fixture(name="site")
def fixture_site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.follow(BLOCKS)
    return site


def test_the_page_has_a_package_a_function_and_a_row():
    assert [where.rpartition("/")[2] for where in BLOCKS] == [
        "backend.py", "backends.py, before TABLE", "backends.py, a row of TABLE"
    ]  # fmt: skip


def test_the_new_backend_opens_flows_once_and_gives_the_host_back(site):
    rules = "permit input tcp 192.0.2.0/24 1058-1058\n"
    answer = site.bring("1058")
    assert (answer["needed"], answer["backend"], answer["rules"]) == (True, "example", 1)
    assert answer["widened"] == [{"flow": "example-flow", "what": "from any source port"}]
    assert list(answer["record"]) == ["example"] and site.state() == (rules, rules)
    assert not site.bring("1058")["needed"]
    answer = site.bring("none")
    assert answer["needed"] and answer["record"] is None and site.state() == (None, "")


def test_a_change_that_cannot_be_loaded_leaves_everything_as_it_was(site):
    site.bring("1058")
    before = site.state()
    (site.folder / "broken").touch()
    answer = site.bring("1059")
    assert answer["error"] == f"'ruler load {site.folder}/ruler.rules' failed: no memory."
    assert site.state() == before and list(answer["record"]) == ["example"]


def test_a_change_is_restored_from_its_notes(site):
    site.bring("1058")
    before = site.state()
    former = site.bring("1059")["former"]
    assert site.state() != before
    (site.folder / "ruler.rules").write_text(before[0])
    assert site.state() != before, "the file alone is not in force"
    site.bring("undo", former)
    assert site.state() == before


def test_auto_chooses_it_by_its_place_in_the_table(site):
    """It stands first, so it is chosen wherever its program is found."""
    code = (
        "from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Backends\n"
        "from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host\n"
        "print(Backends(Host(system='Linux')).chosen('auto').name)"
    )
    environment = {"PYTHONPATH": str(site.folder), "PATH": f"{site.folder / 'bin'}:/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "example\n", done.stderr
