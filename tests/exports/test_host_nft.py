# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scripts for nft, run on a host that drops by default: what they open, a second run, and removal."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports

from . import fleets, nft
from .plans import asked_of_host
from .regions import assert_equal

HOOKS = ("input", "output", "forward")

CHAIN = """
    chain {hook} {{
        type filter hook {hook} priority 0; policy drop;
        tcp dport 22 reject
    }}
"""
HOST = "table inet filter {" + "".join(CHAIN.format(hook=hook) for hook in HOOKS) + "}"
# Files of the test, and what the host says after each step.
STEPS = r"""
nft -f "$1"
nft list ruleset >"$3/before"
sh "$2"; nft -j list ruleset >"$3/opened"; cp /etc/fleet.ports.nft "$3/saved"
nft list ruleset >"$3/once"
sh "$2"; nft list ruleset >"$3/twice"
nft flush ruleset; nft -f "$1"; nft -f /etc/fleet.ports.nft; nft list ruleset >"$3/booted"
sh "$2" remove; nft list ruleset >"$3/after"; ls /etc >"$3/left"
"""


@pytest.fixture(name="fleet", scope="module")
def fixture_fleet():
    return fleets.few()


@pytest.fixture(name="plans", scope="module")
def fixture_plans(fleet):
    return fleet.plans(fleet.names)


@pytest.fixture(name="run")
def fixture_run(fleet, plans, tmp_path):
    """Run the script of a host with a loaded ruleset."""
    scripts = dict(Exports(["host_nft"], plans, fleet.system).files())

    def run(host, steps, ruleset=HOST):
        (tmp_path / "host.nft").write_text(ruleset)
        (tmp_path / "script.sh").write_text(scripts[f"host_nft/{host}.sh"])
        return nft.in_a_network_of_its_own(steps, tmp_path / "host.nft", tmp_path / "script.sh", tmp_path)

    return run


@pytest.mark.parametrize("host", ["nim02", "gw", "lpar02", "odd%20host%2F%C3%BC", "other01"])
def test_just_what_the_plan_asks_for_is_opened(run, plans, tmp_path, host):
    done = run(host, STEPS)
    assert done.returncode == 0, done.stderr
    read = {file.name: file.read_text() for file in tmp_path.iterdir()}
    opened = list(nft.passing(read["opened"]))
    wanted = list(asked_of_host(plans["odd host/\u00fc" if "odd" in host else host]))
    for hook in HOOKS:
        assert_equal(*([region for at, region in each if at == hook] for each in (opened, wanted)))
    assert read["once"] == read["twice"] == read["booted"]
    assert read["before"] == read["after"]
    assert read["left"] == "alternatives\n"


def test_replies_pass(run, tmp_path):
    run("lpar02", STEPS)
    listed = json.loads((tmp_path / "opened").read_text())["nftables"]
    rules = [item["rule"]["expr"] for item in listed if "rule" in item]
    assert sum("established" in str(rule) and {"accept": None} in rule for rule in rules) >= 2


def test_where_nothing_is_filtered_nothing_is_changed(run):
    for ruleset in ("table inet other { }", "table inet filter { chain input { }; }"):
        done = run("lpar02", 'nft -f "$1"; sh "$2" && exit 9; nft list ruleset; ls /etc', ruleset)
        complaint = "Table inet filter has no base chains (input output); nothing was changed.\n"
        assert done.stderr == complaint
        assert "fleet" not in done.stdout and done.returncode == 0


def test_what_nft_refuses_is_not_half_done(run):
    """A foreign chain has that name, and another chain jumps to it."""
    theirs = "chain fleet_ports_input {\n}\nchain theirs {\ngoto fleet_ports_input\n}\n"
    foreign = f"{HOST}\ntable inet filter {{\n{theirs}}}\n"
    done = run("lpar02", 'nft -f "$1"; nft list ruleset; echo ===; sh "$2" && exit 9; nft list ruleset', foreign)
    before, after = done.stdout.split("===\n")
    assert before == after and done.returncode == 0 and "Device or resource busy" in done.stderr


FAILING = """
mkdir "$3/bin"
printf '#!/bin/sh\\n[ "$*" != "%s" ] || exit 1\\nexec %s "$@"\\n' "$FAILS" "$(command -v nft)" >"$3/bin/nft"
chmod +x "$3/bin/nft"
"""


@pytest.mark.parametrize("fails", ["list tables", "-a list table inet filter"])
@pytest.mark.parametrize("words", ["", "remove"])
def test_a_failing_nft_is_not_a_host_without_rules(run, fails, words):
    done = run("lpar02", f"""
nft -f "$1"; sh "$2"; nft list ruleset
FAILS='{fails}'{FAILING}
echo ===
PATH="$3/bin:$PATH" sh "$2" {words} && exit 9
nft list ruleset; test -e /etc/fleet.ports.nft
""")
    before, after = done.stdout.split("===\n")
    assert before == after and done.returncode == 0, done.stderr


def test_any_other_word_is_no_command(run):
    done = run("lpar02", 'nft -f "$1"; sh "$2" delete')
    assert done.returncode == 2 and done.stderr.startswith("Usage: sh ") and done.stderr.endswith(" [remove]\n")
