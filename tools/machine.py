"""What this machine computes on, as torch tells it. Torch is imported when something is asked."""

from tools.opening import DEVICES, choose_device


class ThisMachine:
    """The machine that the program runs on; a viz.machine.Machine."""

    def devices(self) -> tuple[str, ...]:
        """Name what can compute."""
        import torch

        there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        return tuple(name for name in DEVICES if there.get(name, False))

    def chosen(self, wish: str) -> str:
        """Name the device that a wish comes to."""
        return choose_device(wish)

    def memory(self, device: str) -> tuple[int, int] | None:
        """Give bytes in use on a device, and in all; None for the processor, which has none of its own."""
        import torch

        if device == "cuda":
            free, total = torch.cuda.mem_get_info()
            return total - free, total
        if device == "mps":
            return torch.mps.current_allocated_memory(), torch.mps.recommended_max_memory()
        return None
