# The editor in two commands: `make run` and `make test`. Each brings what it needs, the first time.
# Options for the editor:  make run ARGS="--seed 18"     Another Python:  make run PYTHON=python3.13

PY := .venv/bin/python
SCREEN := xvfb xdotool libgl1 libegl1 libgl1-mesa-dri libglib2.0-0 \
    libx11-6 libxext6 libxrandr2 libxcursor1 libxi6 libxinerama1 graphviz

.PHONY: help run test check slow format set-up set-up-dev screen
.NOTPARALLEL:
export PYTHON

help:
	@echo "make run      the editor (without a display: one edit, headless)"
	@echo "make test     all checks and tests"
	@echo "make check    style, types and import contracts only"
	@echo "make slow     the tests that take long"
	@echo "make format   put the code into shape"

run: set-up
	@$(PY) visualizer_drag_auto.py $(ARGS)

test: screen check
	$(PY) -m pytest

check: set-up-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

slow: screen set-up-dev
	$(PY) -m pytest -m slow

format: set-up-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# A first call makes .venv and installs the pins; later calls find that done.
set-up:
	@sh tools/set_up.sh requirements.txt

set-up-dev:
	@sh tools/set_up.sh requirements-dev.txt

# The tests click through the real window on a virtual screen.
screen:
	@sh tools/apt_install.sh "the virtual screen of the tests" $(SCREEN)
