# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugins: the options of each of several uses, and paths, which begin in the working directory of Ansible."""

from __future__ import annotations

import os
from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask, Use
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError

REMEDY = "Set fleet_ports_report_dir, or the option report_dir, to an absolute path."


class Task(ControllerTask):
    SELECTOR = "step"
    USES = {"read": Use(required=("path",), optional=("limit",)), "count": Use()}
    ARGUMENT_SPEC = {
        "step": {"type": "str", "choices": list(USES), "required": True},
        "path": {"type": "path"},
        "limit": {"type": "int"},
    }

    def answer(self, arguments, task_vars):
        if arguments["step"] == "count":
            raise MatrixError("There is nothing to count.")
        return {"path": arguments["path"]}


def run(action_class, **arguments):
    action = action_class(
        task=MagicMock(args=arguments, check_mode=False, async_val=0), connection=MagicMock(),
        play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(), shared_loader_obj=MagicMock(),
    )  # fmt: skip
    return action.run(None, {})


def test_the_options_of_a_use():
    result = run(Task, step="read", path="/etc", limit=3)
    assert (result["changed"], result["path"]) == (False, "/etc")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"step": "read"}, "The option path is required with step=read; set it."),
        ({"step": "read", "path": None}, "The option path is required with step=read; set it."),
        ({"step": "count", "path": "/etc"}, "The option path is not accepted with step=count; remove it."),
        ({"step": "count"}, "There is nothing to count."),
    ],
)
def test_errors_are_sentences(arguments, message):
    result = run(Task, **arguments)
    assert (result["failed"], result["msg"]) == (True, message)


class Writer(ControllerTask):
    ARGUMENT_SPEC = {"report_dir": {"type": "path"}, "query": {"type": "str"}}

    def answer(self, arguments, task_vars):
        return dict(arguments)


@pytest.fixture(name="write")
def fixture_write():
    """Run an action that writes, with options."""
    return lambda **arguments: run(Writer, **arguments)


@pytest.mark.parametrize("environment", [None, "/", "/elsewhere"])
def test_a_relative_path_begins_in_the_working_directory(write, tmp_path, monkeypatch, environment):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PWD", raising=False)
    if environment:
        monkeypatch.setenv("PWD", environment)
    assert write(report_dir="fleet-ports")["report_dir"] == f"{tmp_path}/fleet-ports"


def test_an_absolute_path_and_other_options_stay_as_they_are(write, monkeypatch):
    monkeypatch.chdir("/")
    found = write(report_dir="/srv/ports", query="fleet-ports")
    assert (found["report_dir"], found["query"], found["changed"]) == ("/srv/ports", "fleet-ports", False)
    assert write()["report_dir"] is None


def test_nothing_is_written_into_the_root_directory(write, monkeypatch):
    monkeypatch.chdir("/")
    found = write(report_dir="fleet-ports")
    assert found["failed"] is True
    assert found["msg"] == f"report_dir is the relative path 'fleet-ports', but Ansible runs in '/'. {REMEDY}"


def test_a_working_directory_that_is_not_writable(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(tmp_path))
    assert write(report_dir="fleet-ports/x")["msg"] == (
        f"report_dir is the relative path 'fleet-ports/x', but Ansible cannot write in {tmp_path}. {REMEDY}"
    )
    (tmp_path / "fleet-ports").mkdir()
    assert write(report_dir="fleet-ports/x")["report_dir"] == f"{tmp_path}/fleet-ports/x"
