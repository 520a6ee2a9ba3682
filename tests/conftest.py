"""What holds for all tests."""

import signal

from dnnlib.waiting import wait_briefly

wait_briefly()

# A run in the background of a shell ignores Ctrl-C, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
