"""How processor threads wait for each other; no torch here, for it reads this when it is loaded."""

import os

# Turns that a thread waits at the wheel for the others before it lies down. The library's own 300,000 are
# milliseconds in which, on a machine with other work, the thread that is waited for does not come to run: a
# step of 30 ms took 3.5 s beside ten busy processes, and 0.05 to 0.3 s with this; at rest it costs a tenth.
_TURNS = 3000


def wait_briefly() -> None:
    """Let OpenMP's threads wait a moment only; to be said before torch is imported, and said once by a front.

    What the environment says already (GOMP_SPINCOUNT, OMP_WAIT_POLICY) counts.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(_TURNS))
