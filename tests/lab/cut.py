# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wrong rule: while the rules of a host are not those of the beginning, it drops ssh.

What is looked at is the file that a backend writes before it loads the rules, so the host is cut off by the time they
are in force, and as soon as the old file is back it is reachable again.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator

from .lab import Lab

_DROP = """
table inet wrong {
    chain input {
        type filter hook input priority -500; policy accept;
        tcp dport 22 drop
    }
}
"""


class Cut:
    """Says `happened` once the host was cut off."""

    def __init__(self, lab: Lab, name: str, rules: Callable[[], object]) -> None:
        self.happened = threading.Event()
        self._wiring = lab.wiring
        self._name = name
        self._rules = rules
        self._stop = threading.Event()

    @contextlib.contextmanager
    def made(self) -> Iterator[Cut]:
        """Cut the host off whenever its rules change, until the end of the context."""
        thread = threading.Thread(target=self._watch, args=(self._rules(),))
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _watch(self, old: object) -> None:
        is_cut = False
        while not self._stop.wait(0.02):
            is_new = self._rules() != old
            if is_new != is_cut:
                self._nft(_DROP if is_new else "delete table inet wrong")
                is_cut = is_new
                self.happened.set()
        if is_cut:
            self._nft("delete table inet wrong")

    def _nft(self, script: str) -> None:
        argv = self._wiring.inside(self._name, ["nft", "-f", "-"])
        subprocess.run(argv, input=script, text=True, check=True)
