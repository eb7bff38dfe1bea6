# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewall_flows from the controller: apply, connect anew, confirm.

The module arms a roll-back on the host before it changes anything. Only a connection that is made after the change
shows that the host can still be managed; over it the module is told to let the change stand.
"""

from __future__ import annotations

import secrets
import time

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.fleet.ports.plugins.plugin_utils._common.deadline import TimeIsUp, time_limit

MODULE = "fleet.ports.firewall_flows"
DEFAULT_SECONDS = 60

# What a module may take besides: its turn on the host, and its work there.
PATIENCE = 120

# How long after the end of the time to confirm the host is asked whether it has its old rules back.
AFTERWARDS = 20

display = Display()


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        seconds = self._seconds()
        if not seconds or self._task.check_mode:
            result.update(self._execute_module(MODULE, module_args=self._task.args, task_vars=task_vars))
            return result
        token = secrets.token_hex(16)
        result.update(self._apply(token, seconds, task_vars))
        if result.pop("unconfirmed", False):
            self._connect_and_confirm(result, token, seconds, task_vars)
        return result

    def _seconds(self):
        """Return how long to wait for the confirmation; what is no number the module refuses."""
        try:
            return max(int(self._task.args.get("confirm_timeout", DEFAULT_SECONDS)), 0)
        except (TypeError, ValueError):
            return DEFAULT_SECONDS

    def _apply(self, token, seconds, task_vars):
        """Let the module change the host; if it never answers, it may have cut off our connection."""
        arguments = {**self._task.args, "_awaits": token}
        try:
            with time_limit(seconds + PATIENCE):
                return self._execute_module(MODULE, module_args=arguments, task_vars=task_vars)
        except TimeIsUp:
            return {"changed": True, "unconfirmed": True}

    def _connect_and_confirm(self, result, token, seconds, task_vars):
        """Confirm over a new connection, and try until it is too late."""
        begun = time.monotonic()
        answer, complaint = {}, "it did not answer"
        while "confirmed" not in answer and time.monotonic() < begun + seconds + AFTERWARDS:
            try:
                with time_limit(begun + seconds + AFTERWARDS - time.monotonic()):
                    self._connect_anew()
                    answer = self._execute_module(MODULE, module_args={"_confirms": token}, task_vars=task_vars)
                complaint = answer.get("msg", complaint)
            except AnsibleError as error:
                complaint = str(error)
            except TimeIsUp:
                break
            display.vvv(f"firewall_flows: confirmation: {answer or complaint}")
            time.sleep(0 if "confirmed" in answer else 1)
        if answer.get("confirmed"):
            result.setdefault("owned", answer["owned"])
        else:
            host = self._task.delegate_to or task_vars["inventory_hostname"]
            result.update(failed=True, msg=_sentence(host, seconds, "confirmed" in answer, _one_line(complaint)))

    def _connect_anew(self):
        """Close the connection, so that the next execution opens another; a local one there is none to open."""
        if self._connection.transport != "local":
            self._connection.reset()


def _sentence(host, seconds, is_back, complaint):
    if is_back:
        return (
            f"{host} was changed, but could not be reached over a new connection within {seconds} s ({complaint}), so"
            " it has undone the change by itself: its old rules are back; see which rule keeps the controller out."
        )
    return (
        f"{host} was changed and has not been reached since ({complaint}); without a confirmation it undoes the change"
        f" by itself {seconds} s after it; try again in a minute, and see its console and system log if it stays away."
    )


def _one_line(text):
    return " ".join(str(text).split()).rstrip(".")
