"""The set-up scripts, run against stand-ins for python3, apt and dpkg: what they do, and what they say."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SH = shutil.which("sh")

pytestmark = pytest.mark.skipif(SH is None or os.name == "nt", reason="the scripts are for POSIX shells")

BORROWED = ("sh", "id", "cat", "cmp", "basename", "rm", "env", "grep", "mkdir", "touch", "dirname")


class Machine:
    """A folder with the scripts in it, and a PATH that holds only what the test puts there."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.log = folder / "log"
        self.log.touch()
        for name in BORROWED:
            found = shutil.which(name)
            assert found, name
            (self.programs / name).symlink_to(found)
        shutil.copytree(
            ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
        (folder / "requirements.txt").write_text("torch==2.13.0\n")

    def program(self, name, body):
        """Put a shell script on the PATH; each call of it is logged."""
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!{SH}\necho "{name} $*" >>{self.log}\n{body}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def apt(self, installed=(), user=0):
        """Make it a Debian with some packages installed, and a user."""
        status = f'for p in {" ".join(installed)} ""; do case " $* " in *" $p "*) [ -n "$p" ] && '
        self.program("dpkg-query", status + 'echo "install ok installed";; esac; done')
        self.program("apt-get", "exit 0")
        self.program("id", f"echo {user}")

    def python(self, name="python3", version="3.11.2", venv=True):
        """Put a Python on the PATH: of some version, and able to make virtual environments or not."""
        major, minor, _ = version.split(".")
        fits = (3, 11) <= (int(major), int(minor)) <= (3, 14)
        self.program(
            name,
            f"""case "$*" in
            --version) echo "Python {version}";;
            *print*) echo {major}.{minor};;
            "-m venv .venv") mkdir -p .venv/bin && {self._inner()} ;;
            *ensurepip*version_info*) exit {0 if venv and fits else 1};;
            *ensurepip*) exit {0 if venv else 1};;
            *version_info*) exit {0 if fits else 1};;
            esac""",
        )

    def _inner(self):
        """Make the Python inside .venv, which installs nothing and says so in the log."""
        text = f'#!{SH}\\necho "pip $*" >>{self.log}\\nexit 0\\n'
        return f"printf '{text}' >.venv/bin/python && /bin/chmod +x .venv/bin/python"

    def run(self, script, *arguments, **environment):
        return subprocess.run(
            [str(self.programs / "sh"), f"tools/{script}", *arguments],
            cwd=self.folder,
            env={"PATH": str(self.programs), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self, name):
        return [line for line in self.log.read_text().splitlines() if line.startswith(name + " ")]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


# ----------------------------------------------------------------------------
# tools/apt_install.sh


def test_nothing_missing_means_nothing_done_and_nothing_said(machine):
    machine.apt(installed=["xvfb", "libglib2.0-0t64"])
    done = machine.run("apt_install.sh", "the tests", "xvfb", "libglib2.0-0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not machine.calls("apt-get")


def test_root_gets_what_is_missing_and_no_more(machine):
    machine.apt(installed=["xvfb"])
    assert machine.run("apt_install.sh", "the tests", "xvfb", "xdotool", "libgl1").returncode == 0
    assert machine.calls("apt-get")[-1].endswith("install -y --no-install-recommends xdotool libgl1")


def test_a_person_without_rights_gets_the_one_line_to_type(machine):
    machine.apt(installed=["xvfb"], user=1000)
    done = machine.run("apt_install.sh", "the tests", "xvfb", "xdotool")
    assert done.returncode != 0
    assert done.stderr == "For the tests, type:  sudo apt-get install -y xdotool\n"
    assert not machine.calls("apt-get")


def test_a_person_whose_sudo_asks_for_no_password_is_served(machine):
    machine.apt(user=1000)
    machine.program("sudo", 'shift; "$@"')
    assert machine.run("apt_install.sh", "the tests", "xdotool").returncode == 0
    assert "xdotool" in machine.calls("apt-get")[-1]
    machine.program("sudo", "exit 1")
    assert machine.run("apt_install.sh", "the tests", "xdotool").returncode != 0


def test_an_apt_that_fails_is_not_passed_over(machine):
    machine.apt()
    machine.program("apt-get", "exit 100")
    done = machine.run("apt_install.sh", "the tests", "xdotool")
    assert done.returncode != 0
    assert "apt-get install -y xdotool" in done.stderr.splitlines()[-1]


def test_a_machine_without_apt_is_told_what_is_wanted(machine):
    done = machine.run("apt_install.sh", "the tests", "xvfb")
    assert done.returncode == 0
    assert "xvfb" in done.stderr


# ----------------------------------------------------------------------------
# tools/set_up.sh


def test_the_first_call_installs_and_the_second_has_nothing_to_do(machine):
    machine.python()
    assert machine.run("set_up.sh", "requirements.txt").returncode == 0
    assert any("install" in call and "-r requirements.txt" in call for call in machine.calls("pip"))
    before = len(machine.calls("pip"))
    again = machine.run("set_up.sh", "requirements.txt")
    assert (again.returncode, again.stderr) == (0, "")
    assert not any("install" in call for call in machine.calls("pip")[before:])


def test_changed_pins_are_installed_again(machine):
    machine.python()
    machine.run("set_up.sh", "requirements.txt")
    before = len(machine.calls("pip"))
    (machine.folder / "requirements.txt").write_text("torch==2.14.0\n")
    assert machine.run("set_up.sh", "requirements.txt").returncode == 0
    assert any("install" in call for call in machine.calls("pip")[before:])


def test_a_python_that_is_too_old_is_named_and_a_newer_one_beside_it_is_found(machine):
    machine.python(version="3.9.2")
    done = machine.run("set_up.sh", "requirements.txt")
    assert done.returncode != 0
    assert done.stderr.startswith("Python 3.11 to 3.14 is needed, found Python 3.9.2")
    assert len(done.stderr.splitlines()) == 1
    assert not (machine.folder / ".venv").exists()
    machine.python("python3.12", "3.12.1")
    assert machine.run("set_up.sh", "requirements.txt").returncode == 0
    assert machine.calls("python3.12")


def test_no_python_at_all_and_a_wrong_name_are_said_in_one_line(machine):
    done = machine.run("set_up.sh", "requirements.txt")
    assert done.returncode != 0 and "found no python3" in done.stderr
    done = machine.run("set_up.sh", "requirements.txt", PYTHON="snake")
    assert done.returncode != 0 and "found no snake" in done.stderr


def test_a_missing_venv_module_is_asked_for_by_its_package(machine):
    machine.python(venv=False)
    machine.apt(user=1000)
    done = machine.run("set_up.sh", "requirements.txt")
    assert done.returncode != 0
    assert (
        done.stderr == "For Python's virtual environments, type:  sudo apt-get install -y python3.11-venv\n"
    )


def test_a_failed_install_is_said_and_tried_again_the_next_time(machine):
    machine.python()
    machine.run("set_up.sh", "requirements.txt")
    inner = machine.folder / ".venv" / "bin" / "python"
    works = inner.read_text()
    (machine.folder / ".venv" / "installed-requirements.txt").unlink()
    inner.write_text(works.replace("exit 0", 'case "$*" in *install*) exit 1;; esac'))
    done = machine.run("set_up.sh", "requirements.txt")
    assert done.returncode != 0
    assert "could not be installed" in done.stderr.splitlines()[-1]
    inner.write_text(works)
    assert machine.run("set_up.sh", "requirements.txt").returncode == 0


# ----------------------------------------------------------------------------
# The whole


def test_ci_runs_the_very_command_that_people_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")


def test_the_set_up_names_no_path_of_one_machine():
    names = (
        "Makefile",
        ".ci/run",
        "requirements.txt",
        "requirements-dev.txt",
        "environment.yml",
        "pyproject.toml",
    )
    for path in [ROOT / name for name in names] + sorted((ROOT / "tools").glob("*.sh")):
        text = path.read_text()
        assert "/work" not in text and "/opt" not in text and "find-links" not in text, path.name
