"""Low-pass filters of StyleGAN3 (Karras et al. 2021, appendix C.1): windowed sinc, or jinc where radial.

The Kaiser window's formulas are Kaiser's (1974) as given in Oppenheim & Schafer, Discrete-Time Signal
Processing, section 7.6.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def kaiser_beta(taps: int, width: float) -> float:
    """Shape of the Kaiser window for so many taps and a transition band of `width` (1 = Nyquist)."""
    attenuation = 2.285 * (taps - 1) * np.pi * width + 7.95
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    if attenuation > 21:
        return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    return 0.0


def bessel_j1(x: Array) -> Array:
    """Bessel function of the first kind and order 1, for |x| below about 100.

    From its integral over half a period, 1/pi * integral of cos(t - x sin t): for a periodic integrand the
    sum over equal steps is exact to rounding.
    """
    steps = 256
    t = (np.arange(steps) + 0.5) * (np.pi / steps)
    return np.cos(t - x[..., None] * np.sin(t)).mean(-1)


def lowpass_filter(
    taps: int, cutoff: float, width: float, sampling_rate: float, radial: bool = False
) -> Array | None:
    """Design a low-pass filter.

    Args:
        taps: its length; 1 gives no filter.
        cutoff: where it halves the amplitude, in units of `sampling_rate`.
        width: of the transition band, in the same units.
        sampling_rate: samples for each unit of length.
        radial: make it the same in all directions.

    Returns:
        [taps], to be used on both axes, or [taps, taps] where radial; the sum is 1. None for a single tap.
    """
    if taps == 1:
        return None
    window = np.kaiser(taps, kaiser_beta(taps, 2 * width / sampling_rate))
    x = (np.arange(taps) - (taps - 1) / 2) / sampling_rate
    if not radial:
        kernel = np.sinc(2 * cutoff * x) * window
        return kernel / kernel.sum()
    radius = np.maximum(np.hypot(*np.meshgrid(x, x)), 1e-12)
    kernel = bessel_j1(2 * np.pi * cutoff * radius) / (np.pi * radius) * np.outer(window, window)
    return kernel / kernel.sum()
