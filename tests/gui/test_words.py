"""Numbers, sizes and times as people read them."""

from pathlib import Path

import pytest

from desktopproc.core.errors import Failure
from desktopproc.core.job import Counts, Facts, Family, Job, State
from desktopproc.core.resources import resources
from desktopproc.engine.update import Update
from desktopproc.gui import details_text, row_buttons, row_text, words
from desktopproc.gui.overall import Overall
from desktopproc.gui.staging import Staged


def job(state: State = State.DONE, **more: object) -> Job:
    fields: dict[str, object] = {"inputs": (Path("/in/a.jpg"),), "outputs": (Path("/out/a.webp"),)}
    return Job(id=1, batch=1, operation="convert", state=state, **(fields | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (13_400, "13 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (45_000_000_000, "45 GB"),
    ],
)
def test_sizes_have_three_figures_at_most(size_bytes: int, text: str) -> None:
    assert words.size(size_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "under 0.1 s"), (9.94, "9.9 s"), (38.2, "38 s"), (240, "4 min"), (7800, "2 h 10 min")],
)
def test_times_are_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word_and_a_picture(state: State) -> None:
    look = words.LOOKS[state]

    assert look.word
    assert (resources("icons") / f"{look.icon}.svg").is_file()


@pytest.mark.parametrize("kind", Family)
def test_every_kind_has_a_noun_and_a_picture(kind: Family) -> None:
    assert words.KIND_NOUNS[kind]
    assert (resources("icons") / f"{words.KIND_ICONS[kind]}.svg").is_file()


@pytest.mark.parametrize("state", State)
def test_every_state_offers_the_button_that_the_engine_would_heed(state: State) -> None:
    (button,) = row_buttons.of(job(state))

    expected = {
        State.DONE: row_buttons.Button.REVEAL,
        State.WAITING: row_buttons.Button.CANCEL,
        State.DELAYED: row_buttons.Button.CANCEL,
        State.RUNNING: row_buttons.Button.CANCEL,
    }
    assert button is expected.get(state, row_buttons.Button.RETRY)


def test_a_row_is_spoken_with_state_progress_and_name() -> None:
    running = job(State.RUNNING, done=31, total=50, size_in=12_000_000)

    assert row_text.spoken(running, None) == (
        "Running 62 %, a.jpg, \N{RIGHTWARDS ARROW} a.webp, 12 MB"
    )


def test_a_row_that_is_being_cancelled_says_so_at_once() -> None:
    assert words.state(job(State.RUNNING, is_stopping=True)) == "Stopping"


def test_a_row_that_is_made_but_not_yet_named_says_so() -> None:
    assert words.state(job(State.RUNNING, done=2, total=2)) == "Finishing"


def test_a_failed_row_shows_its_sentence_without_its_name_twice() -> None:
    failed = job(State.FAILED, error=Failure("damaged", "a.jpg is damaged."))

    assert row_text.detail(failed, None) == "Damaged."
    assert "a.jpg is damaged." in row_text.tip(failed, None)


def test_a_name_with_line_breaks_stays_one_line() -> None:
    hostile = job(inputs=(Path("/in/a\n\u202eb.jpg"),))

    assert row_text.title(hostile) == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b.jpg"


def test_every_kind_of_space_in_a_name_is_shown_as_it_is() -> None:
    assert row_text.one_line("a\N{NO-BREAK SPACE}b c") == "a\N{NO-BREAK SPACE}b c"


def test_details_never_take_markup_from_a_file() -> None:
    hostile = job(inputs=(Path("/in/<img src=x>.jpg"),), notes=("<b>bold</b>",))

    text = details_text.facts(hostile, {})

    assert "<img" not in text
    assert "<b>bold" not in text


def test_details_of_a_staged_photo_name_its_camera_once() -> None:
    facts = Facts(Path("/in/a.jpg"), Family.PHOTO, make="Canon", model="Canon EOS 5D")

    text = details_text.facts(Staged(1, facts, None), {})

    assert "<td>Canon EOS 5D</td>" in text


def update(batches: dict[int, Counts], jobs: tuple[Job, ...] = (), **more: object) -> Update:
    return Update(jobs=jobs, batch_counts=batches, **more)  # type: ignore[arg-type]


def test_the_bar_counts_what_changed_and_not_what_another_day_left() -> None:
    batches = {1: Counts(done=4, failed=1, waiting=5), 2: Counts(waiting=1000)}

    overall = Overall().take(update(batches, (job(State.RUNNING),), is_idle=False, rate=37.2))

    assert overall.sentence(is_paused=False) == "5 of 10, 1 failed, 37 files/s"


def test_the_bar_begins_anew_after_a_rest() -> None:
    first = Overall().take(update({1: Counts(waiting=2)}, (job(),), is_idle=False))
    rested = first.take(update({1: Counts(done=2)}, is_idle=True))

    again = rested.with_batch(2).take(
        update({1: Counts(done=2), 2: Counts(done=1, waiting=2)}, is_idle=False)
    )

    assert rested.sentence(is_paused=False) == "2 of 2, finished"
    assert again.sentence(is_paused=False) == "1 of 3"


def test_the_bar_says_that_it_waits_for_the_user() -> None:
    overall = Overall().take(update({1: Counts(waiting=2, running=1)}, (job(),), is_idle=False))

    assert overall.sentence(is_paused=True) == "0 of 3, paused, finishing what runs"
