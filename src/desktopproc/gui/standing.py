"""Which actions of the window have a meaning now."""

from desktopproc.gui.selection import Selection
from desktopproc.gui.todo_panel import TodoPanel
from desktopproc.gui.work import Work


def can_start(work: Work, todo: TodoPanel) -> bool:
    """Whether Start would make jobs of added files."""
    return work.staging.has_takeable(todo.operation) and not todo.error()


def allowed(work: Work, todo: TodoPanel, selection: Selection) -> dict[str, bool]:
    """The actions that depend on the queue, the added files or the selected rows, by name."""
    counts = work.update.counts
    can_resume = counts.open > 0 and (not work.is_busy or work.is_paused)
    return {
        "start": can_start(work, todo) or can_resume,
        "pause": counts.open > 0,
        "stop": work.is_busy,
        "retry_failed": counts.failed > 0,
        "clear_finished": counts.total > counts.open,
        "clear_staged": len(work.staging) > 0,
        **selection.allowed(),
    }
