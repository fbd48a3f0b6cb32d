"""Entitlements over JSON: a person's own, and the act that releases one."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import select

from services.subsidy.claims.handlers import LEADER, end_claim, end_claim_as_leader
from services.subsidy.claims.schemas import (
    ClaimSchema,
    EntitlementListSchema,
    EntitlementSchema,
    ReleaseSchema,
)
from services.subsidy.entitlements.errors import EntitlementNotFound, EntitlementNotOpen
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from services.subsidy.regions import ensure_office
from shared.approvals.loading import locked_case
from shared.approvals.office import CaseOffice
from shared.approvals.separation import ensure_uninvolved
from shared.persistence import Sessions
from shared.web.access import current_actor, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency


def claim_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("entitlements", "entitlements", description="Entitlements 补贴资格")
    shown = EntitlementSchema()

    @routes.get("/entitlements")
    @routes.response(200, EntitlementListSchema)
    @signed_in
    def list_entitlements() -> Any:
        """Those of the person signed in."""
        with sessions() as session:
            rows = session.scalars(
                select(Entitlement)
                .where(Entitlement.person_ref == current_actor().person_ref)
                .order_by(Entitlement.reserved_at_utc.desc())
                .limit(200)
            )
            return {"items": rows.all()}

    @routes.post("/entitlements/<entitlement_id>/release")
    @routes.arguments(ReleaseSchema)
    @routes.response(200, EntitlementSchema)
    @requires(LEADER)
    def release(body: dict[str, Any], entitlement_id: str) -> Response:
        """A leader of the region ends the claim while no money is on its way, with a reason."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                entitlement = session.get(Entitlement, entitlement_id)
                if entitlement is None:
                    raise EntitlementNotFound(entitlement=entitlement_id)
                ensure_office(office.directory, actor, LEADER, entitlement.region)
                case = locked_case(session, entitlement.case_id)
                ensure_uninvolved(session, [case.id], actor)
                session.refresh(entitlement)
                if entitlement.state == EntitlementState.RELEASED:
                    raise EntitlementNotOpen(state=entitlement.state)
                end_claim(session, office, case, body["reason"], actor)
                return Answer(shown.dump(entitlement))

            return with_idempotency(session, actor, f"release {entitlement_id}")(work).response()

    @routes.post("/claims/<case_id>/release")
    @routes.arguments(ReleaseSchema)
    @routes.response(200, ClaimSchema)
    @requires(LEADER)
    def end(body: dict[str, Any], case_id: str) -> Response:
        """A leader of the region ends a claim that waits for its money, funded or not."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                case = end_claim_as_leader(session, office, case_id, body["reason"], actor)
                return Answer(ClaimSchema().dump(case))

            return with_idempotency(session, actor, f"end claim {case_id}")(work).response()

    return routes
