"""How many processes there are, decided by values: no process is started here."""

from desktopproc.engine.staffing import Staffing


def test_a_spare_is_wanted_a_second_after_work_began_and_only_then() -> None:
    staffing = Staffing()
    staffing.started(100.0)

    assert not staffing.wants_spare(100.9, busy=1, idle=0, size=2)
    assert staffing.due(busy=1, idle=0, size=2, rest_s=60) == 101.0
    assert staffing.wants_spare(101.0, busy=1, idle=0, size=2)
    assert not staffing.wants_spare(101.0, busy=1, idle=1, size=2)
    assert not staffing.wants_spare(101.0, busy=0, idle=0, size=2)


def test_nobody_wakes_up_where_nothing_is_to_be_done() -> None:
    staffing = Staffing()

    assert staffing.surplus(5.0, busy=0, idle=1, least=1, rest_s=60) == 0
    assert staffing.due(busy=0, idle=1, size=4, rest_s=60) is None
    assert staffing.due(busy=0, idle=0, size=4, rest_s=60) is None


def test_idle_workers_go_after_their_rest_but_for_those_to_be_kept() -> None:
    staffing = Staffing()
    assert staffing.surplus(10.0, busy=4, idle=1, least=1, rest_s=60) == 0

    assert staffing.surplus(20.0, busy=0, idle=5, least=1, rest_s=60) == 0
    assert staffing.due(busy=0, idle=5, size=4, rest_s=60) == 80.0
    assert staffing.surplus(79.9, busy=0, idle=5, least=1, rest_s=60) == 0
    assert staffing.surplus(80.0, busy=0, idle=5, least=1, rest_s=60) == 4


def test_work_in_the_meantime_keeps_as_many_as_it_needed_and_one_more() -> None:
    staffing = Staffing()
    staffing.surplus(0.0, busy=0, idle=5, least=0, rest_s=60)
    staffing.surplus(30.0, busy=2, idle=3, least=0, rest_s=60)

    assert staffing.surplus(60.0, busy=0, idle=5, least=0, rest_s=60) == 2


def test_a_rest_of_zero_never_ends() -> None:
    staffing = Staffing()
    staffing.surplus(0.0, busy=0, idle=5, least=0, rest_s=0)

    assert staffing.surplus(1e9, busy=0, idle=5, least=0, rest_s=0) == 0
    assert staffing.due(busy=0, idle=5, size=4, rest_s=0) is None
