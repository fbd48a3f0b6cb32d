"""Rules that only this service's documents name; pure, over the facts of effects.py."""

from shared.procedures import Facts, RuleBook, Verdict

rules = RuleBook()


@rules.rule("every_candidate_meets_a_condition", needs=("candidates_without_condition",))
def every_candidate_meets_a_condition(facts: Facts) -> Verdict:
    """每名考生均符合申报条件。 Every candidate meets a condition of application."""
    rows = list(facts["candidates_without_condition"])
    undecided = list(facts.get("candidates_undecided") or ())
    used = {"candidates_without_condition": rows, "candidates_undecided": undecided}
    if undecided and not rows:
        unknown = [str(row) for row in undecided]
        return Verdict(
            None,
            f"以下序号的考生资料不全，尚不能判断是否符合申报条件：{'、'.join(unknown)}。",
            f"Not known yet whether these candidates meet a condition: {', '.join(unknown)}.",
            used,
            "请补填其从业年限、证书、学历或职称，或从名单中删除。",
            "Fill in their years, certificates, graduation or title, or take them off the roster.",
        )
    if not rows:
        return Verdict(
            True,
            f"{facts.get('candidates', 0)} 名考生均符合申报条件。",
            f"All {facts.get('candidates', 0)} candidates meet a condition.",
            used,
        )
    numbers = "、".join(str(row) for row in rows)
    return Verdict(
        False,
        f"以下序号的考生不符合申报条件：{numbers}。",
        f"These candidates meet no condition: {', '.join(str(row) for row in rows)}.",
        used,
        "请核对其从业年限、证书或学历，或从名单中删除。",
        "Check their years, certificates or graduation, or take them off the roster.",
    )


@rules.rule("staffing_is_complete", needs=("staffing_complete",))
def staffing_is_complete(facts: Facts) -> Verdict:
    """监考、考评、督导人员符合标准的比例。 Staff in the standard's ratios."""
    gaps = list(facts.get("staffing_gaps") or ())
    used = {
        name: facts.get(name) for name in ("candidates", "invigilators", "assessors", "supervisors")
    }
    counted = "监考 {invigilators}、考评 {assessors}、督导 {supervisors}，考生 {candidates} 人"
    said = "{invigilators} invigilators, {assessors} assessors, {supervisors} supervisors for "
    zh, en = counted.format(**used), (said + "{candidates} candidates").format(**used)
    if facts["staffing_complete"]:
        return Verdict(True, f"人员配备符合比例：{zh}。", f"The ratios are kept: {en}.", used)
    return Verdict(
        False,
        f"人员配备不足：{zh}。",
        f"Not enough staff: {en} ({', '.join(gaps)}).",
        used,
        "请按评价标准补足人员。",
        "Add staff as the standard requires.",
    )
