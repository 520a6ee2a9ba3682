#!/bin/sh
# Make .venv if it is missing, and install one file of pinned requirements into it.
#
#   tools/set_up.sh requirements.txt
#
# A copy of what was installed stays in .venv: a second call compares it and is done at once. PYTHON=... chooses
# the interpreter; otherwise it is the first of python3, python3.11 ... python3.14 that will do.
set -eu

requirements=$1
note=.venv/installed-$(basename "$requirements")

# ----------------------------------------------------------------------------
# Done already?

wanted() { cat requirements.txt "$requirements"; }
if .venv/bin/python -c '' 2>/dev/null && wanted | cmp -s - "$note"; then
    exit 0
fi

# ----------------------------------------------------------------------------
# Find a Python. One that can make a virtual environment comes before one that has the right version only.

version_fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
find_python() {
    for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
        if "$candidate" -c "$1" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python "import ensurepip, venv; $version_fits")
    if [ -z "$python" ]; then
        python=$(find_python "$version_fits")
        if [ -z "$python" ]; then
            found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no ${PYTHON:-python3}")
            echo "Python 3.11 to 3.14 is needed, found $found: install one, or name it: make ... PYTHON=/path/to/python3.12" >&2
            exit 1
        fi
        # Debian and Ubuntu keep the venv module in a package of its own.
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        sh tools/apt_install.sh "Python's virtual environments" "python$version-venv"
        if ! "$python" -c "import ensurepip, venv" 2>/dev/null; then
            echo "$python cannot make virtual environments: install its venv and ensurepip modules" >&2
            exit 1
        fi
    fi
    echo "Making .venv with $("$python" --version)" >&2
    rm -rf .venv
    "$python" -m venv .venv
fi

# ----------------------------------------------------------------------------
# Install, and note it only when all of it worked.

echo "Installing $requirements (once; most of the download is torch)" >&2
quiet=--quiet
[ ! -t 2 ] || quiet=  # A person is shown the progress, a log is not.
if ! .venv/bin/python -m pip install $quiet --disable-pip-version-check --no-input -r "$requirements" >&2; then
    echo "$requirements could not be installed: see pip's words above, then try again" >&2
    exit 1
fi
wanted >"$note"
