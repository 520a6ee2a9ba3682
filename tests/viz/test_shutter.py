"""Steps are drawn as often as their drawing can be spared."""

from viz.jobs.shutter import Shutter


class Clock:
    now = 5.0

    def __call__(self):
        return self.now


def drawn(step_seconds, frame_seconds, steps=60):
    clock = Clock()
    shutter, count, began = Shutter(clock), 0, clock.now
    for _ in range(steps):
        clock.now += step_seconds
        if shutter.is_open:
            with shutter:
                clock.now += frame_seconds
            count += 1
    return count, frame_seconds * count / (clock.now - began)


def test_quick_pictures_are_all_drawn():
    assert drawn(step_seconds=0.1, frame_seconds=0.04)[0] == 60


def test_slow_pictures_take_a_third_of_the_time_at_most():
    count, share = drawn(step_seconds=0.1, frame_seconds=0.5)
    assert 0 < count < 60 and share < 0.36


def test_the_first_is_drawn_at_once():
    assert drawn(step_seconds=0.1, frame_seconds=9.0, steps=1)[0] == 1
