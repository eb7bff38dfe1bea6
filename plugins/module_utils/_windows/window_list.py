# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The windows of a host: the client of each, when it was opened, and when it ends.

The windows after a run follow from what it asks for and what the host remembers. An open window is left unchanged,
whether its client is named or not: a run neither prolongs nor shortens it, unless it asks for that. One that is over is
remembered as long as its client is named, so that a nightly run does not open it every night; a client that is named
again later gets another one.
"""

import time
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

LONGEST = 31 * 86400
JOB = "window"  # the name of the job that closes them

# opened, until: seconds since the epoch; addresses: those of the client
Window = namedtuple("Window", "opened until addresses")

# clients: {name: [address or network…]}, those that are to have a window; seconds: the length of a new one; renews:
# whether to open the windows of these clients anew; closes: whether to end their windows, or all if clients is empty
Asked = namedtuple("Asked", "clients seconds renews closes")


def next_windows(remembered, asked, now):
    """Return the windows, ``{client: Window}``, after a run at this moment; ``asked`` is None if it wants none."""
    if asked is None:
        return {}
    _check(asked)
    if asked.renews and asked.closes:
        raise HostError("A window cannot be renewed and closed at once; leave out window_renew or window_close.")
    if asked.closes and not asked.clients:
        return {}
    windows = {name: window for name, window in remembered.items() if name in asked.clients or is_open(window, now)}
    for name, addresses in asked.clients.items():
        if asked.closes:
            windows[name] = _ended(windows.get(name, Window(now, now, addresses)), now)
        elif asked.renews or name not in windows:
            windows[name] = Window(now, now + asked.seconds, addresses)
        else:
            windows[name] = windows[name]._replace(addresses=addresses)
    return windows


def _check(asked):
    """Raise HostError for a length or addresses that no window can have."""
    if not 1 <= asked.seconds <= LONGEST:
        raise HostError(f"The window is {asked.seconds} seconds long; set it to 1 to {LONGEST} seconds.")
    for name, addresses in asked.clients.items():
        if not isinstance(addresses, list):
            raise HostError(f"The window of {name} is for {addresses!r}; give it a list of addresses.")
        cidrs.aggregate(addresses)


def _ended(window, now):
    return window._replace(until=min(window.until, now))


def is_open(window, now):
    """Return whether it is open; before its beginning, where a clock went back, it is not."""
    return window.opened <= now < window.until


def open_ones(windows, now):
    """Return those that are open."""
    return {name: window for name, window in windows.items() if is_open(window, now)}


def next_end(windows):
    """Return the moment at which the first of the windows ends, in seconds since the epoch, None if there is none."""
    return min((window.until for window in windows.values()), default=None)


def listed(windows, now):
    """Return the windows as a result lists them."""
    return [
        {
            "client": name,
            "opened": _moment(window.opened),
            "until": _moment(window.until),
            "open": is_open(window, now),
        }
        for name, window in sorted(windows.items())
    ]


def _moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
