from orderwright.infrastructure.messaging.pace import Pace

PACE = Pace(full=100, rest_min_s=0.05, rest_max_s=0.5, share=0.1)


def test_short_rounds_wait_for_company() -> None:
    assert PACE.rest_s(1, took_s=0.001) == 0.05


def test_long_rounds_leave_most_of_the_time_to_others() -> None:
    assert round(PACE.rest_s(99, took_s=0.02), 6) == 0.18


def test_nothing_waits_for_longer_than_the_most() -> None:
    assert PACE.rest_s(99, took_s=3.0) == 0.5


def test_while_more_is_waiting_others_have_half_of_the_time() -> None:
    assert PACE.rest_s(100, took_s=0.02) == 0.02
