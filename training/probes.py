"""What the doctor asks of a fresh Python: what may crash or hang, or belongs to rooms unknown to this one.

Each probe is a little program that prints one line of JSON.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_SECONDS = 60

# A window that is never shown; imgui_bundle comes first, because it brings the GLFW library.
OPENGL = """
import json
import imgui_bundle
import glfw
from OpenGL import GL
glfw.set_error_callback(lambda code, text: None)
if not glfw.init():
    raise SystemExit("GLFW does not start")
for hint, value in ((glfw.VISIBLE, False), (glfw.CONTEXT_VERSION_MAJOR, 3), (glfw.CONTEXT_VERSION_MINOR, 3),
                    (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE), (glfw.OPENGL_FORWARD_COMPAT, True)):
    glfw.window_hint(hint, value)
window = glfw.create_window(64, 64, "doctor", None, None)
if not window:
    raise SystemExit("no OpenGL 3.3")
glfw.make_context_current(window)
texts = [GL.glGetString(name).decode() for name in (GL.GL_VERSION, GL.GL_RENDERER)]
glfw.terminate()
print(json.dumps({"version": texts[0], "renderer": texts[1]}))
"""

# The precise landmark detector: do the libraries under it load, and which of its files are missing.
DETECTOR = """
import importlib.util, json
from faces.weights import missing, weights_folder
reason = "" if importlib.util.find_spec("face_alignment") else "face-alignment is not installed"
try:
    import cv2
except (ImportError, OSError) as error:
    reason = reason or str(error).splitlines()[0]
names = [file.name for file in missing()]
print(json.dumps({"reason": reason, "missing": names, "folder": str(weights_folder())}))
"""


def ask(program: str) -> tuple[dict[str, Any], str]:
    """Run a probe in a fresh Python.

    Returns:
        What it printed, and an empty text; or nothing, and why it failed, on one line.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {}, f"it could not be tried ({type(error).__name__})"
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return {}, lines[-1] if lines else f"it ended with {done.returncode}"
    try:
        return json.loads(done.stdout.strip().splitlines()[-1]), ""
    except (ValueError, IndexError):
        return {}, "it gave no answer"
