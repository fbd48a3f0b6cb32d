"""The accounts that wait to be confirmed, over JSON; the answer to each is beside its payment."""

from typing import Any

from flask_smorest import Blueprint

from services.subsidy.repairs.handlers import OFFICER
from services.subsidy.repairs.queries import repairs_that_wait
from services.subsidy.repairs.schemas import WaitingRepairPageSchema
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.paging import PageQuery, decode_cursor, page_of


def repair_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("repairs", "repairs", description="Accounts to confirm 待确认账户")

    @routes.get("/repairs")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, WaitingRepairPageSchema)
    @requires(OFFICER)
    def list_repairs(query: dict[str, Any]) -> Any:
        """Accounts given by payees of one's regions that nobody has decided yet, oldest first;
        until then nothing of the case is paid."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        with sessions() as session:
            rows = repairs_that_wait(session, current_actor(), after=after, limit=query["limit"])
            page = page_of(rows, query["limit"], lambda row: (row[0].id,))
            items = [
                {
                    "case_id": repair.case_id,
                    "payment_id": repair.payment_id,
                    "region": region,
                    "proposed_at_utc": repair.proposed_at_utc,
                }
                for repair, region in page.items
            ]
            return {"items": items, "next": page.next}

    return routes
