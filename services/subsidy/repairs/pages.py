"""The page of accounts that wait to be confirmed: each leads to its case, where it is decided."""

from flask import Blueprint, render_template

from services.subsidy.repairs.handlers import OFFICER
from services.subsidy.repairs.queries import repairs_that_wait
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.paging import decode_cursor, page_of
from shared.web.queries import PageAfter, asked, takes

LIMIT = 50


def repair_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("repair_pages", __name__)

    @pages.get("/repairs")
    @takes(PageAfter)
    @requires(OFFICER)
    def repairs() -> str:
        cursor = asked().get("after")
        after = decode_cursor(cursor, str)[0] if cursor else None
        with sessions() as session:
            rows = repairs_that_wait(session, current_actor(), after=after, limit=LIMIT)
            page = page_of(rows, LIMIT, lambda row: (row[0].id,))
        return render_template("repairs.html", items=page.items, next=page.next, first=bool(cursor))

    return pages
