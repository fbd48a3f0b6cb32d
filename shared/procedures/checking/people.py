"""Every step must have somebody who can take it, and nobody may have to take two."""

from __future__ import annotations

from shared.procedures.checking.seats import check_seats
from shared.procedures.checking.whole import Whole, is_own_people
from shared.procedures.model import Step
from shared.procedures.reading.place import Place, listed


def check_people(whole: Whole) -> None:
    for step, place in whole.placed_steps():
        _check_step(whole, step, place)
    _check_applicants(whole)
    check_seats(whole)


def _check_step(whole: Whole, step: Step, place: Place) -> None:
    own = whole.can.external.get(step.key) if step.kind == "external" else None
    if step.kind == "external" and own is None and not step.by:
        known = listed(whole.can.external) or "—"
        place.refuse(
            f"步骤 {step.key} 没有写 by，{whole.can.service} 服务也不会自己答复它，办件会永远停在"
            f"这里。请写 by: 角色；服务自己答复的步骤：{known}。",
            f"Step {step.key} has no by, and the {whole.can.service} service does not answer it "
            f"itself: cases would wait for ever. Write by: role; the service answers: {known}.",
        )
    if step.kind == "notice":
        roles: tuple[str, ...] = (step.settings["objections"]["by"],)
        key = "objections"
    else:
        roles = step.settings["offices"] if step.kind == "opinions" else step.by
        key = "offices" if step.kind == "opinions" else "by"
    for role in roles:
        _check_role(whole, step, place, place.child(key, None), role)
    if step.kind == "notice" and step.settings["publishes"] == "worker":
        written = "publishes" if place.get("publishes") is not None else "by"
        _refuse_anybody(place.child(written, None))
    if step.kind == "panel":
        _check_panel(step, place)


def _check_role(whole: Whole, step: Step, place: Place, at: Place, role: str) -> None:
    if role == "worker":
        _refuse_anybody(at)
    elif is_own_people(role):
        _check_unit(whole, step, place, at, role)
    elif step.at == "unit" and step.kind != "panel":
        at.refuse(
            f"步骤 {step.key} 在 unit（单位）办理，而 {role} 是地方的岗位，单位里没有。请写 at: "
            "county（或 city、province），或换成 enterprise.officer 等单位岗位。",
            f"Step {step.key} is at the unit, where there is no {role}: it is an office of a "
            "region. Write at: county (or city, province), or a role of the unit such as "
            "enterprise.officer.",
        )


def _refuse_anybody(at: Place) -> None:
    at.refuse(
        "worker 是任何登录的人，谁都可以办理别人的案件。请写一个岗位，如 enterprise.officer；"
        "指定某个人办理目前还不能写。",
        "worker is anybody signed in: anyone could decide. Name a post, such as "
        "enterprise.officer; a step for one named person cannot be said yet.",
    )


def _check_unit(whole: Whole, step: Step, place: Place, at: Place, role: str) -> None:
    written = place.get("at")
    if written is not None and step.at != "unit" and step.kind != "notice" and len(step.by) < 2:
        written.refuse(
            f"{role} 是单位的岗位，总在 unit 办理，at: {step.at} 不起作用。请删去 at，"
            "或换一个角色。",
            f"{role} acts in the unit always; at: {step.at} has no effect. Leave `at` out, or name "
            "another role.",
        )
    applicants = whole.values["applicant"]
    if role.startswith("organisation."):
        if not any(one.startswith("organisation.") for one in applicants):
            at.refuse(
                f"{role} 属于申请的机构，而申请人（applicant）中没有机构，无人可办。请在 applicant "
                "写 organisation.officer，或换一个角色。",
                f"{role} belongs to the organisation that applies, and none does: nobody could do "
                "it. Write organisation.officer under applicant, or name another role.",
            )
        return
    employer = whole.form.get("employer")
    given = employer is not None and employer.required
    if (
        not given
        and step.when is None
        and not all(one.startswith("enterprise.") for one in applicants)
    ):
        at.refuse(
            f"{role} 属于用人单位，而表单没有必填的 employer 字段，可能无人可办。请加 {{field: "
            "employer, type: credit_code, required: true}，或给步骤写 when。",
            f"{role} belongs to the employer, whom the form need not name: perhaps nobody could do "
            "it. Add {field: employer, type: credit_code, required: true}, or a `when` to the "
            "step.",
        )


def _check_panel(step: Step, place: Place) -> None:
    if step.by != ("expert",):
        place.child("by", None).refuse(
            "panel 由专家（expert）评分。请写 by: expert，其他人的决定请用 decide 或 meeting。",
            "A panel is scored by experts. Write by: expert; for others use decide or meeting.",
        )
    elif step.at == "unit":
        place.refuse(
            "单位（unit）的专家须回避本单位的人选，无人可以评分。请写 at: county（或 city），由"
            "地方的专家评审。",
            "Experts of the unit stand aside for its own nominee, so nobody could score. Write at: "
            "county (or city): experts of the region.",
        )


def _check_applicants(whole: Whole) -> None:
    """An officer applies for somebody, whom the form must name."""
    applicants = whole.values["applicant"]
    expected = whole.can.applicants
    wrong = [role for role in applicants if expected and role not in expected]
    if wrong:
        whole.at("applicant").refuse(
            f"{whole.can.service} 服务只由 {listed(expected)} 申请，{listed(wrong)} 无法提交。",
            f"In the {whole.can.service} service only {listed(expected)} applies; "
            f"{listed(wrong)} could never submit.",
        )
    officers = [role for role in applicants if role != "worker"]
    if expected or not officers:
        return
    must = "worker" not in applicants or whole.entitlement is not None
    for name, kind in (("identity_number", "identity_number"), ("name", "text")):
        field = whole.form.get(name)
        if field is None or field.type != kind or field.personal != (kind != "text"):
            missing = True
        else:
            missing = must and not field.required
        if missing:
            written = f"{{field: {name}, type: {kind}{', required: true' if must else ''}}}"
            whole.at("form").refuse(
                f"{listed(officers)} 为别人申报，而表单没有（必填的）{name}：荣誉或款项会记在经办人"
                f"名下。请加 {written}；为班组、单位本身申报目前还不能写。",
                f"{listed(officers)} applies for others, but the form does not ask for {name}"
                f"{' (required)' if must else ''}: the officer would be named and paid. Add "
                f"{written}; a team or an organisation as such cannot apply yet.",
            )
