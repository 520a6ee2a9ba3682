"""The documents speak of what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT, ROOT / "docs", ROOT / "checkpoints", ROOT / "pix2pix")
DOCUMENTS = sorted(path for folder in FOLDERS for path in folder.glob("*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_picture_of_a_document_is_there(document):
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (document.parent / target).exists(), target


def test_every_folder_and_command_that_the_readme_names_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`([a-z_0-9]+(?:/[a-z_0-9.]+)*/?)`", text):
        if "/" in name or name.endswith(".py"):
            assert (ROOT / name).exists() or name.startswith("out/"), name
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake\s+(run|test|check|slow|format)\b", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_a_document_that_the_code_refers_to_is_there():
    sources = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts and "tests" not in path.parts]
    for path in sources:
        for name in re.findall(r"\bdocs/[A-Za-z0-9_/-]+\.md\b", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{path.relative_to(ROOT)} speaks of {name}"
