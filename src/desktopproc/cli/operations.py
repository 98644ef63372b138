"""`desktopproc operations`: what there is, and the schema of each operation's options."""

from typing import Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.flags import help_of
from desktopproc.cli.items import explained
from desktopproc.cli.streams import write_result
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation
from desktopproc.core.schema import schema_of, specs


def _run(call: Call) -> int:
    found = call.operations()
    if call.words:
        (name,) = call.words
        if name not in found:
            raise UsageError(f"There is no operation '{name}'. There are: {', '.join(found)}.")
        found = {name: found[name]}
    if call.flags.json:
        write_json({"operations": [schema(operation) for operation in found.values()]})
    elif call.words:
        _write_one(found[call.words[0]])
    else:
        write_table([(op.name, op.group, op.help) for op in found.values()])
    return 0


def schema(operation: Operation) -> dict[str, Any]:
    """An operation as `--json` lists it."""
    return {
        "name": operation.name,
        "title": operation.title,
        "help": operation.help,
        "group": operation.group,
        "shape": operation.shape(operation.options()).value,
        "takes": [family.value for family in operation.takes],
        "gives": operation.gives if isinstance(operation.gives, str) else None,
        "options": [schema_of(spec) for spec in specs(operation.options)],
    }


def _write_one(operation: Operation) -> None:
    write_table(
        [
            (operation.title, operation.help),
            ("Takes", ", ".join(family.value for family in operation.takes)),
            ("Shape", operation.shape(operation.options()).value),
        ]
    )
    options = specs(operation.options)
    if rows := [(spec.flag, help_of(spec)) for spec in options]:
        write_table(rows)
    if more := explained(options, whole=True):
        write_result(["\n", more, "\n"])


COMMANDS = (
    Command(
        "operations",
        "List the operations, or one with its options.",
        _run,
        add_json,
        operands="[NAME]",
        most=1,
    ),
)
