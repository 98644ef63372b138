"""States, their legal moves, and counts."""

import pytest

from desktopproc.core.job import (
    FINAL,
    MOVES,
    Counts,
    Job,
    Priority,
    PriorityWord,
    State,
    sources_of,
)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_moves(state: State) -> None:
    assert state in MOVES
    assert state.is_final == (state in FINAL)
    assert state not in MOVES[state]


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached(state: State) -> None:
    assert sources_of(state) == {start for start, ends in MOVES.items() if state in ends}
    assert sources_of(state) or state is State.WAITING


def test_what_is_done_stays_done_until_it_is_undone() -> None:
    assert MOVES[State.DONE] == {State.CANCELLED}


def test_counts_add_up() -> None:
    counts = Counts(waiting=1, delayed=2, running=4, done=8, failed=16, cancelled=32, skipped=64)

    assert (counts.open, counts.total) == (7, 127)


@pytest.mark.parametrize("word", PriorityWord)
def test_words_of_priorities(word: PriorityWord) -> None:
    assert word.priority.word == word.value
    assert isinstance(word.priority, Priority)


def test_a_row_is_called_after_its_input() -> None:
    row = Job(1, 1, "merge-pdf", (), (), State.WAITING)

    assert row.name == "nothing"
