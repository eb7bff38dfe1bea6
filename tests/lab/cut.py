# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wrong rule: while the rules of a host are not those of the beginning, ssh to it is dropped.

What is looked at is the file that a backend writes before it loads the rules, so the host is cut off by the time they
are in force, and as soon as the old file is back it is reachable again. The drop is in the controller's seat: in the
host, a rehearsal of what firewalld made would see it, and undo the change at once.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator

from .fleet import host
from .lab import Lab
from .network import CONTROL

_DROP = """
table ip {table} {{
    chain output {{
        type filter hook output priority -500; policy accept;
        ip daddr {address} tcp dport 22 drop
    }}
}}
"""


class Cut:
    """Says `happened` once the host was cut off."""

    def __init__(self, lab: Lab, name: str, rules: Callable[[], object]) -> None:
        self.happened = threading.Event()
        self._wiring = lab.wiring
        self._table = f"wrong_{name}"
        self._address = host(name).address
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
        drop = _DROP.format(table=self._table, address=self._address)
        delete = f"delete table ip {self._table}"
        is_cut = False
        while not self._stop.wait(0.02):
            is_new = self._rules() != old
            if is_new != is_cut:
                self._nft(drop if is_new else delete)
                is_cut = is_new
                self.happened.set()
        if is_cut:
            self._nft(delete)

    def _nft(self, script: str) -> None:
        argv = self._wiring.inside(CONTROL, ["nft", "-f", "-"])
        subprocess.run(argv, input=script, text=True, check=True)
