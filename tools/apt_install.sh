#!/bin/sh
# Bring packages of the system that are missing, where that may be done without asking.
#
#   tools/apt_install.sh "what they are for" PACKAGE...
#
# Root, or a person with password-free sudo, gets them installed; anybody else gets the one line to type, and a
# non-zero exit. A machine without apt and dpkg is told what is wanted and left alone.
set -eu

purpose=$1
shift

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "Not a Debian or Ubuntu machine: for $purpose, see to these yourself: $*" >&2
    exit 0
fi

# Ubuntu 24.04 and Debian 13 call some libraries NAMEt64; apt finds them by their old name too.
is_installed() {
    dpkg-query -W -f '${Status}\n' "$1" "$1t64" 2>/dev/null | grep -q '^install ok installed$'
}

missing=
for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "For $purpose, type:  sudo apt-get install -y$missing" >&2
    exit 1
fi

echo "Installing for $purpose:$missing" >&2
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
if ! { $apt update && $apt install -y --no-install-recommends $missing; } >/dev/null; then
    echo "That did not work. For $purpose, type:  ${as_root:+sudo }apt-get install -y$missing" >&2
    exit 1
fi
