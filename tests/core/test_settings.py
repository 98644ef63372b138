"""Settings: default < file < environment < command line, for every one of them."""

import pytest

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import Spec, check, specs
from desktopproc.core.settings import Origin, Settings, layer

SPECS = specs(Settings)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_setting_is_described_and_its_default_is_legal(spec: Spec) -> None:
    assert spec.label
    assert spec.help.endswith(".")
    assert spec.section
    assert check(spec, spec.default) == spec.default


def test_a_later_layer_wins() -> None:
    file = {"cpu_workers": 1, "io_threads": 2, "attempts": 5}
    environment = {"DESKTOPPROC_CPU_WORKERS": "3", "DESKTOPPROC_IO_THREADS": "4", "OTHER": "x"}

    found = layer(file, environment, {"cpu_workers": 7})

    assert (found.settings.cpu_workers, found.origins["cpu_workers"]) == (7, Origin.COMMAND_LINE)
    assert (found.settings.io_threads, found.origins["io_threads"]) == (4, Origin.ENVIRONMENT)
    assert (found.settings.attempts, found.origins["attempts"]) == (5, Origin.FILE)
    assert found.origins["nice"] is Origin.DEFAULT
    assert [origin.is_locked for origin in Origin] == [False, False, True, True]


@pytest.mark.parametrize(
    ("file", "environment", "flags", "sentence"),
    [
        ({"sise": 1}, {}, {}, "The config file has a setting 'sise' that does not exist."),
        ({"nice": 99}, {}, {}, "The config file: --nice cannot be 99."),
        ({}, {"DESKTOPPROC_STORAGE": "tape"}, {}, "The environment: --storage cannot be 'tape'."),
        ({}, {}, {"drives": "/a=tape"}, "The command line: --drives cannot be '/a=tape'."),
    ],
)
def test_the_culprit_is_named(
    file: dict[str, object], environment: dict[str, str], flags: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError) as caught:
        layer(file, environment, flags)

    assert str(caught.value).startswith(sentence)
