"""Nonsense on the command line: one sentence, exit code 2, nothing started."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

NONSENSE = [
    (["thumbnial"], "Did you mean 'thumbnail'?"),
    (["--jsn"], "The command comes first"),
    (["queue"], "needs one of: list"),
    (["queue", "lost"], "needs one of: list"),
    (["queue", "add"], "needs one of: "),
    (["queue", "list", "--state", "lost"], "There is no state 'lost'"),
    (["queue", "list", "--limit", "-3"], "--limit"),
    (["queue", "list", "more"], "'more' is one word too many"),
    (["queue", "cancel"], "Name the jobs to cancel"),
    (["queue", "cancel", "one"], "'one' is not the number of a job"),
    (["queue", "retry", "77"], "There is no job 77"),
    (["queue", "pause", "all"], "'all' is not the number of a batch"),
    (["queue", "clear", "--state", "running"], "Only finished jobs can be cleared"),
    (["settings", "get", "colour"], "There is no setting 'colour'"),
    (["settings", "set", "attempts", "1000"], "Give a whole number from 1 to 100"),
    (["settings", "set", "storage", "tape"], "Give one of auto, ssd, hdd, network"),
    (["presets", "show", "nothing"], "There is no preset 'nothing'"),
    (["presets", "save", "thumbnail", "../escape"], "A preset cannot be called"),
    (["operations", "paint"], "There is no operation 'paint'"),
    (["presets", "save", "thumbnail", "web", "--dry-run"], "There is no flag '--dry-run'"),
    (["queue", "add", "thumbnail", "a", "-o", "b", "--workers", "2"], "no flag '--workers'"),
    (["scan"], "'scan' needs PATH"),
    (["thumbnail"], "'thumbnail' needs PATH"),
    (["thumbnail", ""], "An empty word is not a name"),
    (["thumbnail", "a"], "Name the folder for the results"),
    (["thumbnail", "a", "-o"], "expected one argument"),
    (["thumbnail", "a", "-o", "b", "--siz", "3"], "There is no flag '--siz'"),
    (["thumbnail", "a", "-o", "b", "--size", "3"], "Give a whole number from 16 to 4096"),
    (["thumbnail", "a", "-o", "b", "--size", "wide"], "--size cannot be 'wide'"),
    (["thumbnail", "a", "-o", "b", "--on-conflict", "ask"], "Give one of rename, skip"),
    (["thumbnail", "a", "-o", "b", "--name-template", "{color}"], "{color}"),
    (["thumbnail", "a", "-o", "b", "--priority", "urgent"], "Give one of high, normal, low"),
    (["thumbnail", "a", "-o", "b", "--workers", "many"], "--workers cannot be 'many'"),
    (["thumbnail", "a", "-o", "b", "--preset", "mine"], "There is no preset 'mine'"),
    (["thumbnail", "a", "-o", "b", "--size", "\x1b[2J\n"], r"--size cannot be '\x1b[2J\n'"),
    (["thumbnail", "a\x1b[2J", "-o", "b", "--\x1b[2J"], r"There is no flag '--\x1b[2J'"),
]


@pytest.mark.parametrize(("words", "reason"), NONSENSE, ids=lambda value: str(value)[:40])
def test_nonsense_gets_one_sentence_and_code_2(
    cli_here: Cli, tmp_path: Path, words: list[str], reason: str
) -> None:
    answer = cli_here(*words)

    assert reason in answer.sentence
    assert answer.code == 2
    assert answer.out == ""
    assert not (tmp_path / "b").exists()
