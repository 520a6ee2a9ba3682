"""Panel: how fast things go, what memory they take, and which device computes."""

from gui_utils.widgets import choice, disabled, fact, hint, muted, row
from viz.actions import Action, ChooseDevice
from viz.state import EditorState, MachineState
from viz.words import memory_text

_DEVICE_TEXTS = {"auto": "Auto", "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"}
_DEVICE_HELP = (
    "What computes. Another one reads the network again, onto it. Default: Auto, the fastest there is"
)


def draw(state: EditorState) -> list[Action]:
    """Draw the device, the times and the memory."""
    found = _draw_device(state)
    machine = state.machine
    fact("Frame", f"{machine.frame * 1000:.1f} ms, {machine.frames:.0f} a second")
    hint("Time that a frame of the window takes, and frames a second while anything moves")
    fact("Step", f"{machine.step * 1000:.0f} ms" if machine.step else "no step yet")
    hint("Time that a step of the last edit took")
    fact("Memory", memory_text((machine.memory, 0)) if machine.memory else "not measured yet")
    hint("Memory that the program has in use")
    _draw_device_memory(machine)
    return found


def _draw_device(state: EditorState) -> list[Action]:
    machine, wish = state.machine, state.network.device
    if not machine.devices:
        muted("What there is to compute on is known once a network is loaded.")
        return []
    row("Device", _DEVICE_HELP)
    names = ("auto", *machine.devices)
    with disabled(state.network.loading is not None):
        chosen = choice(
            "device", wish, [(name, _DEVICE_TEXTS.get(name, name)) for name in names], _DEVICE_HELP
        )
    if wish == "auto" and machine.device:
        fact("In use", _DEVICE_TEXTS.get(machine.device, machine.device))
        hint("What Auto came to")
    return [ChooseDevice(chosen)] if chosen != wish else []


def _draw_device_memory(machine: MachineState) -> None:
    if machine.device_memory is None:
        return
    fact("On the device", memory_text(machine.device_memory))
    hint("Memory in use on the device, by all programs, and in all")
