#!/bin/sh
# Install the Debian packages that the files name (one a line, # starts a comment), if any is missing.
set -eu

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=$(cat "$@" | sed 's/#.*//' | while read -r package; do
    [ -z "$package" ] || is_installed "$package" || printf ' %s' "$package"
done)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This is no Debian: install what corresponds to these packages yourself, the run goes on:$missing"
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing and only root can install them, the run goes on:$missing"
    exit 0
fi
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of names
if ! { apt-get -qq -o DPkg::Lock::Timeout=300 update \
        && apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; } >"$log" 2>&1 </dev/null
then
    cat "$log"
    echo "apt-get could not install$missing; what it said stands above."
    exit 1
fi
