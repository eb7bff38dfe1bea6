# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of which the controller does a part: its options are checked, and what goes wrong is one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from ansible.plugins.action import ActionBase

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError


class ControllerTask(ActionBase):
    """The frame of our actions; each has an ``ARGUMENT_SPEC``, and an ``answer`` that may raise MatrixError."""

    _requires_connection = False

    ARGUMENT_SPEC: Mapping[str, object] = {}

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(self.ARGUMENT_SPEC)
        try:
            result.update({"changed": False, **self.answer(arguments, task_vars)})
        except MatrixError as error:
            result.update(failed=True, msg=str(error))
        return result

    def answer(self, arguments, task_vars):
        """Return what the task's result says besides what every result does."""
        raise NotImplementedError
