# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of actions that run on the controller: options and paths are checked, and an error is one message."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ansible.plugins.action import ActionBase

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError


class Use(NamedTuple):
    """The options of one use of a task."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class ControllerTask(ActionBase):
    """The base of action plugins: each has an ``ARGUMENT_SPEC``, and an ``answer`` that may raise MatrixError.

    If one option selects among several uses, ``SELECTOR`` is its name, and ``USES`` has the other options of each
    choice. Options of the type path are files and directories of the controller; ``answer`` gets them absolute.
    """

    _requires_connection = False

    ARGUMENT_SPEC: Mapping[str, Mapping[str, object]] = {}
    SELECTOR: str | None = None
    USES: Mapping[str, Use] = {}

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(self.ARGUMENT_SPEC)
        try:
            if self.SELECTOR is not None:
                self._check_use(arguments)
            for option, declared in self.ARGUMENT_SPEC.items():
                if declared.get("type") == "path" and arguments.get(option):
                    arguments[option] = _absolute(option, arguments[option])
            result.update({"changed": False, **self.answer(arguments, task_vars)})
        except MatrixError as error:
            result.update(failed=True, msg=str(error))
        return result

    def answer(self, arguments, task_vars):
        """Return the task's result, without what every result has."""
        raise NotImplementedError

    def _check_use(self, arguments):
        """Refuse options that are missing or foreign; unlike ``required_if``, C(null) counts as missing."""
        choice = arguments[self.SELECTOR]
        use = self.USES[choice]
        for name in use.required:
            if arguments[name] is None:
                raise MatrixError(f"The option {name} is required with {self.SELECTOR}={choice}; set it.")
        for name in self._task.args:
            if name not in (self.SELECTOR, *use.required, *use.optional):
                raise MatrixError(f"The option {name} is not accepted with {self.SELECTOR}={choice}; remove it.")


def _absolute(option, path):
    """Return a path that begins in the working directory of Ansible, which need not be where a shell was started."""
    if os.path.isabs(path):
        return path
    absolute = os.path.abspath(path)
    directory = os.getcwd()
    if directory != "/" and _can_write(absolute):
        return absolute
    why = "runs in '/'" if directory == "/" else f"cannot write in {directory}"
    raise MatrixError(
        f"{option} is the relative path '{path}', but Ansible {why}. "
        f"Set fleet_ports_report_dir, or the option {option}, to an absolute path."
    )


def _can_write(path):
    """Whether the path, or the nearest directory above it that exists, is writable."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return os.access(path, os.W_OK)
