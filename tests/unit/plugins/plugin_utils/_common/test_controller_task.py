# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugins with several uses: which options each use requires and accepts."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask, Use
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError


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


def run(**arguments):
    action = Task(
        task=MagicMock(args=arguments, check_mode=False, async_val=0), connection=MagicMock(),
        play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(), shared_loader_obj=MagicMock(),
    )  # fmt: skip
    return action.run(None, {})


def test_the_options_of_a_use():
    result = run(step="read", path="/etc", limit=3)
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
    result = run(**arguments)
    assert (result["failed"], result["msg"]) == (True, message)
