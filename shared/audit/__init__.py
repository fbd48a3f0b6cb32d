"""What was done, by whom and why: entries written with the deed, linked into a hash chain after."""

from shared.audit.chain import Break, chain_head, link, not_linked, verify
from shared.audit.entries import Deed, record, record_many
from shared.audit.model import AuditEntry, AuditLink, AuditPending

__all__ = [
    "AuditEntry",
    "AuditLink",
    "AuditPending",
    "Break",
    "Deed",
    "chain_head",
    "link",
    "not_linked",
    "record",
    "record_many",
    "verify",
]
