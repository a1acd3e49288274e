#!/bin/sh
# deploy/packages.sh [GROUP]…: installs the Debian packages of these groups (build, run, demo, kafka, test; default: all) that are missing. Quick when none is.
set -u
list=$(dirname "$0")/packages.txt
groups=" ${*:-build run demo kafka test} "

is_there() {    # PACKAGE [COMMAND]
    [ -n "${2:-}" ] && command -v "$2" >/dev/null && return
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -q '^installed$'
}

missing=$(grep -v '^#' "$list" | while read -r group package command; do
    case "$groups" in *" $group "*) is_there "$package" "$command" || echo "$package" ;; esac
done)
[ -z "$missing" ] && exit 0
missing=$(echo "$missing" | tr '\n' ' ')
if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root='sudo -n'
else
    echo "These Debian packages are missing, and only root can install them:"
    echo "    apt-get install --no-install-recommends $missing"
    exit 1
fi
echo "installing $missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086   # lists of words
$root apt-get -q update && $root env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends $missing
