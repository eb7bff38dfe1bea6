# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An action whose module changes the packet filter of a host: apply, connect anew, confirm.

The module arms a roll-back on the host before it changes anything, and returns how long it waits for a confirmation.
Only a connection that is made after the change shows that the host can still be managed; over it, the module is told to
let the change stand. A connection that is lost while the module runs is no reason to give the change up: whether the
host can be managed shows over the new connection all the same.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.fleet.ports.plugins.plugin_utils._common.deadline import TimeIsUp, time_limit

# After how many seconds a module that changes flows and does not answer is given up: its wait for the lock, its work, and
# some more.
APPLY_SECONDS = 180

# For how many seconds a confirmation is tried if the module never answered how long the host waits for it.
UNANSWERED_SECONDS = 60

# For how many seconds after the end of that time the host is asked whether it has its old rules back.
AFTERWARDS = 20

# What ssh prints when no connection was made, so that nothing was executed either.
_NOT_CONNECTED = re.compile(
    r"ssh: connect to host |ssh: Could not resolve hostname |Permission denied \(|Host key verification failed"
)

display = Display()


class ConfirmingAction(ActionBase):
    """The frame of such an action; ``MODULE`` is the full name of its module, which has :mod:`confirmed_module`'s options."""

    MODULE = ""
    # Options that the execution which confirms is given as well.
    CONFIRMING_OPTIONS: tuple[str, ...] = ()

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        result.update(self.carry_out(self._task.args, self._given_seconds(), task_vars))
        return result

    def carry_out(self, arguments: Mapping[str, Any], seconds: int | None, task_vars) -> dict[str, Any]:
        """Execute the module with these arguments, confirm its change, and return the result.

        ``seconds`` is the time to confirm in, 0 for no confirmation, None for the default of the module.
        """
        if seconds == 0 or self._task.check_mode:
            return self._execute(arguments, task_vars)
        self._reached = False
        self._confirming = {name: arguments[name] for name in self.CONFIRMING_OPTIONS}
        token = secrets.token_hex(16)
        answer, complaint = self._apply(arguments, token, seconds, task_vars)
        if answer is None:
            return self._after_silence(complaint, token, seconds or UNANSWERED_SECONDS, task_vars)
        seconds = answer.pop("unconfirmed", 0)
        return {**answer, **self._after_change(answer, token, seconds, task_vars)} if seconds else answer

    def apply_seconds(self, _arguments: Mapping[str, Any]) -> int:
        """Return after how many seconds the module is given up if it does not answer."""
        return APPLY_SECONDS

    def merged(self, _answer: Mapping[str, Any], _confirmation: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the confirming execution adds to the answer of the first one, {} if there was none."""
        return {}

    def unconfirmed(self, _answer: Mapping[str, Any], _message: str) -> dict[str, Any]:
        """Return what the result says besides the message about a change that was not confirmed."""
        return {}

    def _given_seconds(self):
        """Return the option confirm_timeout of the task, None if it is not set, or is not a number: the module refuses it."""
        try:
            return max(int(self._task.args["confirm_timeout"]), 0)
        except (KeyError, TypeError, ValueError):
            return None

    def _apply(
        self, arguments: Mapping[str, Any], token: str, seconds: int | None, task_vars
    ) -> tuple[dict[str, Any] | None, str]:
        """Return the module's answer, or None and the reason if it may have changed the host and never answered."""
        try:
            with time_limit(max(self.apply_seconds(arguments), seconds or 0)):
                answer = self._execute({**arguments, "_awaits": token}, task_vars)
        except TimeIsUp:
            return None, "it did not answer"
        except AnsibleConnectionFailure as error:
            if self._was_never_reached(str(error)):
                raise
            return None, _one_line(error)
        if answer.get("unreachable") and not self._was_never_reached(str(answer.get("msg"))):
            return None, _one_line(answer.get("msg"))
        return answer, ""

    def _was_never_reached(self, complaint: str) -> bool:
        """Whether nothing can have been executed; after retries, only the last of several failures is known."""
        retries = self._connection.get_option("reconnection_retries") if self._connection.transport == "ssh" else 0
        return not self._reached and not int(retries or 0) and _NOT_CONNECTED.search(complaint) is not None

    def _after_change(self, applied: Mapping[str, Any], token: str, seconds: int, task_vars) -> dict[str, Any]:
        """Confirm the change; return what the result says besides the module's answer."""
        answer, complaint = self._confirm(token, seconds, task_vars)
        if answer.get("confirmed"):
            return self.merged(applied, answer)
        if "confirmed" in answer:
            message = (
                f"{self._host(task_vars)} was changed, but could not be reached over a new connection within {seconds} s"
                f" ({complaint}), so it has undone the change by itself: its old rules are restored. Check which rule"
                " blocks the controller."
            )
        else:
            message = self._is_away(task_vars, complaint)
        return {"failed": True, "msg": message, **self.unconfirmed(applied, message)}

    def _after_silence(self, reason: str, token: str, seconds: int, task_vars) -> dict[str, Any]:
        """Confirm the change that the module may have made; return the result."""
        display.vvv(f"{self.MODULE}: no answer ({reason}); the change is confirmed over a new connection")
        answer, complaint = self._confirm(token, seconds, task_vars)
        if answer.get("confirmed"):
            return {"changed": True, "owned": answer["owned"], **self.merged({}, answer)}
        if "confirmed" in answer:
            host = self._host(task_vars)
            message = (
                f"The connection to {host} was lost while it was being changed ({reason}). {host} has no unconfirmed"
                " change of this task: it was not changed, or has undone the change by itself. Run this again."
            )
        else:
            message = self._is_away(task_vars, complaint)
        return {"failed": True, "msg": message}

    def _is_away(self, task_vars, complaint: str) -> str:
        """Return the message for a host that is not reached any more, and let Ansible's own cleanup not hide it."""
        self._connection._shell.tmpdir = None  # it cannot be removed, and trying to would make the host unreachable
        return (
            f"{self._host(task_vars)} was changed and has not been reached since ({complaint}). Without a confirmation it"
            " undoes the change by itself after confirm_timeout. Try again in a minute; if it stays unreachable, check its"
            " console and system log."
        )

    def _confirm(self, token: str, seconds: int, task_vars) -> tuple[Mapping[str, Any], str]:
        """Confirm over a new connection, until it is too late; return the module's answer and the last complaint."""
        end = time.monotonic() + seconds + AFTERWARDS
        answer, complaint = {}, "it did not answer"
        while "confirmed" not in answer and time.monotonic() < end:
            try:
                with time_limit(end - time.monotonic()):
                    self._connect_anew()
                    answer = self._execute({**self._confirming, "_confirms": token}, task_vars)
                complaint = _one_line(answer.get("msg", complaint))
            except AnsibleError as error:
                complaint = _one_line(error)
            except TimeIsUp:
                break
            display.vvv(f"{self.MODULE}: confirmation: {answer or complaint}")
            time.sleep(0 if "confirmed" in answer else 1)
        return answer, complaint

    def _connect_anew(self):
        """Close the connection, so that the next execution opens a new one; a local one has none to open."""
        if self._connection.transport != "local":
            self._connection.reset()

    def _execute(self, arguments: Mapping[str, Any], task_vars) -> dict[str, Any]:
        return self._execute_module(self.MODULE, module_args=arguments, task_vars=task_vars)

    def _low_level_execute_command(self, *arguments, **options):
        answer = super()._low_level_execute_command(*arguments, **options)
        self._reached = True
        return answer

    def _host(self, task_vars) -> str:
        return self._task.delegate_to or task_vars["inventory_hostname"]


def _one_line(text: object) -> str:
    return " ".join(str(text).split()).rstrip(".")
