"""Protects PDFs by passwords and permissions, or removes their protection."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats.pdfs import protecting
from desktopproc.formats.pdfs.protecting import Allowed, Printing
from desktopproc.formats.pdfs.rebuilding import REBUILDER

_PASSWORDS = "Passwords"
_ALLOWED = "Allowed without the owner's password"
_PROTECTING = ("remove", (False,))


@dataclass(frozen=True, slots=True)
class Options:
    remove: bool = option(
        default=False,
        label="Remove protection",
        help="The password of each file is needed for that.",
    )
    user_password: str | None = option(
        None,
        "Password to open",
        "Whoever opens a result needs it.",
        kind=Kind.SECRET,
        section=_PASSWORDS,
        when=_PROTECTING,
    )
    owner_password: str | None = option(
        None,
        "Owner's password",
        "Allows everything. Made up where something is forbidden and it is not given.",
        kind=Kind.SECRET,
        section=_PASSWORDS,
        when=_PROTECTING,
    )
    printing: Printing = option(
        Printing.FULL,
        "Printing",
        section=_ALLOWED,
        labels={"full": "In full quality", "coarse": "Coarse only", "none": "Not at all"},
        when=_PROTECTING,
    )
    copying: bool = option(
        default=True,
        label="Copy text and pictures",
        section=_ALLOWED,
        when=_PROTECTING,
    )
    changes: bool = option(
        default=True, label="Change the content", section=_ALLOWED, when=_PROTECTING
    )
    comments: bool = option(default=True, label="Add comments", section=_ALLOWED, when=_PROTECTING)
    forms: bool = option(default=True, label="Fill in forms", section=_ALLOWED, when=_PROTECTING)
    pages: bool = option(
        default=True, label="Move, add and remove pages", section=_ALLOWED, when=_PROTECTING
    )
    encrypt_metadata: bool = option(
        default=True,
        label="Encrypt the metadata",
        help="Else search programs can read title and keywords without the password.",
        section="More",
        when=_PROTECTING,
    )


@operation(
    "protect-pdf",
    title="Protect PDF",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=REBUILDER,
)
def protect_pdf(work: Work[Options]) -> Steps:
    """Encrypt PDFs with a password (AES-256), forbid printing or copying, or remove all that."""
    options = work.options
    if options.remove:
        yield 0, 1
        protecting.free(work.source, work)
        yield 1, 1
        return
    allowed = Allowed(
        options.printing,
        copying=options.copying,
        changes=options.changes,
        comments=options.comments,
        forms=options.forms,
        pages=options.pages,
    )
    wanted = protecting.protection(
        options.user_password,
        options.owner_password,
        allowed,
        hides_metadata=options.encrypt_metadata,
    )
    yield 0, 1
    protecting.protect(work.source, work, wanted)
    yield 1, 1
