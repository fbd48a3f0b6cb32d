"""What our own register knows of the certificates that a roster names: it is never only believed.
A number that the register does not have stays as the row gives it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assessment.certificates.model import Certificate
from services.assessment.sittings.errors import PreviousCertificateDiffers
from services.assessment.sittings.findings import row_findings
from services.assessment.sittings.model import Candidate, Sitting, all_met
from services.assessment.sittings.rules import Entrant
from shared.approvals.findings import applied_on
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.kernel.clock import shanghai_date
from shared.kernel.errors import DomainError
from shared.kernel.text import Text
from shared.procedures import Procedure
from shared.procedures.verdicts import level_name


def checked_previous(
    session: Session, entrants: Sequence[Entrant]
) -> tuple[list[Entrant], list[DomainError]]:
    """The entrants with what the register says of their certificates, and what contradicts it, by
    row. One query."""
    known = _known(session, (each.facts for each in entrants))
    good: list[Entrant] = []
    errors: list[DomainError] = []
    for entrant in entrants:
        wrong = [
            PreviousCertificateDiffers(
                field=field, row=entrant.row, number=given["certificate_no"], why=why
            )
            for given in entrant.facts["certificates"]
            if given["certificate_no"] in known
            for field, why in _differences(entrant, given, known[given["certificate_no"]])
        ]
        errors += wrong
        if not wrong:
            certificates = [_as_known(each, known) for each in entrant.facts["certificates"]]
            good.append(replace(entrant, facts={**entrant.facts, "certificates": certificates}))
    return good, errors


def lost_ground(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, sitting: Sitting
) -> dict[str, list[dict[str, Any]]]:
    """The candidates who met a condition when the roster was read and meet none now, because a
    certificate that they named was revoked since: their findings as they are now, by id."""
    found = findings_now(session, office, case, procedure, sitting, sitting.present)
    return {
        each.id: found[each.id]
        for each in sitting.present
        if each.id in found and each.meets_condition and all_met(found[each.id]) is not True
    }


def findings_now(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    sitting: Sitting,
    candidates: Sequence[Candidate],
) -> dict[str, list[dict[str, Any]]]:
    """What is found now of the candidates who named a certificate revoked since, by id."""
    known = _known(session, (each.facts for each in candidates))
    revoked = {number for number, one in known.items() if one.state == "revoked"}
    day, rules = applied_on(office, case), office.catalogue.rules
    found = {}
    for each in candidates if revoked else ():
        told = _with_revoked(each.facts, revoked)
        if told != each.facts:
            found[each.id] = row_findings(procedure, each, sitting, day, rules, told)
    return found


def open_sittings_naming(session: Session, number: str) -> Sequence[str]:
    """Ids of the sittings not yet ended with a candidate who named this certificate."""
    return session.scalars(
        select(Candidate.sitting_id)
        .where(
            Candidate.active,
            Candidate.facts.contains({"certificates": [{"certificate_no": number}]}),
        )
        .distinct()
        .order_by(Candidate.sitting_id)
    ).all()


def _with_revoked(facts: Mapping[str, Any], revoked: set[str]) -> dict[str, Any]:
    certificates = [
        {**each, "status": "revoked"} if each["certificate_no"] in revoked else each
        for each in facts.get("certificates", ())
    ]
    return {**facts, "certificates": certificates}


def _known(session: Session, facts: Iterable[Mapping[str, Any]]) -> dict[str, Certificate]:
    numbers = {each["certificate_no"] for one in facts for each in one.get("certificates", ())}
    if not numbers:
        return {}
    rows = session.scalars(select(Certificate).where(Certificate.number.in_(numbers)))
    return {each.number: each for each in rows}


def _differences(
    entrant: Entrant, given: Mapping[str, Any], known: Certificate
) -> list[tuple[str, Text]]:
    if known.person_ref != entrant.person_ref:
        return [("previous_certificate_no", Text("不是此人的证书。", "it is another person's."))]
    found = []
    if known.state == "revoked":
        assert known.revoked_at_utc is not None
        day = shanghai_date(known.revoked_at_utc).isoformat()
        found.append(
            ("previous_certificate_no", Text(f"已于 {day} 撤销。", f"it was revoked on {day}."))
        )
    if int(known.level) != given["level"]:
        level = level_name(int(known.level))
        found.append(("previous_level", Text(f"等级为{level.zh}。", f"its level is {level.en}.")))
    issued_on = known.issued_on.isoformat()
    if issued_on != given["issued_on"]:
        why = Text(f"发证日期为 {issued_on}。", f"it was issued on {issued_on}.")
        found.append(("previous_issued_on", why))
    return found


def _as_known(given: Mapping[str, Any], known: Mapping[str, Certificate]) -> dict[str, Any]:
    """The occupation, which a roster does not give, is the register's."""
    found = known.get(given["certificate_no"])
    return dict(given) if found is None else {**given, "occupation": found.occupation}
