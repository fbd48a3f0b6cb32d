"""Pages of honours: the roll and one honour, open to anyone."""

from datetime import date

from flask import Blueprint, render_template

from services.nomination.honours import queries
from services.nomination.honours.rules import is_current
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import public
from shared.web.paging import decode_cursor, page_of
from shared.web.queries import PageAfter, asked, takes

LIMIT = 50


def honour_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("honour_pages", __name__)

    @pages.get("/honours")
    @takes(PageAfter)
    @public
    def honour_roll() -> str:
        cursor = asked()["after"]
        after = decode_cursor(cursor, date, str) if cursor else None
        with sessions.begin() as session:
            rows = queries.honour_roll(session, after=after, limit=LIMIT)
        page = page_of(rows, LIMIT, lambda one: (one.conferred_on, one.honour_no))
        return render_template("honours.html", items=page.items, next=page.next, first=bool(cursor))

    @pages.get("/honours/<honour_no>")
    @public
    def show_honour(honour_no: str) -> str:
        """Anybody who has a number can check it."""
        with sessions.begin() as session:
            honour = queries.honour(session, honour_no)
        current = is_current(honour.conferred_on, honour.term_ends_on, office.clock.today())
        return render_template("honour.html", honour=honour, current=current)

    return pages
