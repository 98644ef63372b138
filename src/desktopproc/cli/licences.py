"""`desktopproc licences`: what the program is made of, and under which terms."""

from desktopproc.cli.command import Call, Command
from desktopproc.cli.streams import write_line
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import UsageError


def _run(call: Call) -> int:
    from desktopproc.engine.components import components  # deferred: reads the whole installation

    found = components()
    if call.words:
        wanted = call.words[0].lower()
        text = next((each.text() for each in found if each.name.lower() == wanted), None)
        if text is None:
            raise UsageError(
                f"There is no part '{call.words[0]}'. All of them: desktopproc licences"
            )
        write_line(text or "Its licence text did not come with it.")
    elif call.flags.json:
        rows = [{"name": c.name, "version": c.version, "licence": c.licence} for c in found]
        write_json({"components": rows})
    else:
        write_table([(each.name, each.version, each.licence) for each in found])
    return 0


COMMANDS = (
    Command(
        "licences",
        "Say what the program is made of, and under which licences.",
        _run,
        add_json,
        operands="[PART]",
        most=1,
    ),
)
