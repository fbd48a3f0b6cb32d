"""The catalogue as data holds enough to build the form and to tell the steps from it."""

import json
from pathlib import Path

from shared.approvals.procedure_api import procedure_view
from shared.procedures import parse

ROOT = Path(__file__).parents[3]
SKILL_MASTER = ROOT / "services" / "nomination" / "catalogue" / "skill-master.yaml"


def test_a_form_tells_its_limits_and_a_step_its_terms() -> None:
    shown = procedure_view(parse(SKILL_MASTER.read_text("utf-8")))
    limits = {each["name"]: (each["minimum"], each["maximum"]) for each in shown["form"]}
    assert limits["deeds"] == (None, 3000)
    steps = {each["key"]: each for each in shown["steps"]}
    assert steps["congress_passes"]["terms"]["quorum"] == "2/3"
    notice = steps["public_notice"]["terms"]
    assert notice["length"] == 5
    assert notice["objections"] == {"settle": 5, "by": "bureau.officer"}
    panel = steps["experts_score"]
    assert (panel["terms"]["experts"], panel["terms"]["pass_mark"], panel["may"]) == (
        3,
        70,
        ["score"],
    )
    assert steps["district_union_reviews"]["may"] == ["approve", "return"]
    assert json.dumps({"form": shown["form"], "steps": shown["steps"]})
