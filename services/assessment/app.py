"""The composition root of assessment: what it adds to the processes that every service has
(shared/service.py). `python -m services.assessment.app web|worker|consumer|relay`, and
`… file-organisations FILE`."""

import sys
from pathlib import Path

import flask

from services.assessment import settings
from services.assessment.capabilities import CAPABILITIES
from services.assessment.certificates.api import certificate_routes
from services.assessment.certificates.doubting import SETTLERS
from services.assessment.certificates.handlers import revoke_certificate
from services.assessment.certificates.pages import certificate_pages
from services.assessment.organisations.api import organisation_routes
from services.assessment.organisations.seeding import file_organisations
from services.assessment.scoring.api import scoring_routes
from services.assessment.scoring.pages import scoring_pages
from services.assessment.sittings.api import sitting_routes
from services.assessment.sittings.document_rules import rules
from services.assessment.sittings.effects import SittingEffects
from services.assessment.sittings.pages import sitting_pages
from shared.doubts.api import doubt_routes
from shared.doubts.pages import doubt_pages
from shared.kernel.text import Text
from shared.kernel.words import add_words
from shared.procedures import RuleBook, shared_rules
from shared.service import Composition, Service, run

HERE = Path(__file__).parent
FILE_ORGANISATIONS = "file-organisations"

add_words(
    {
        "level-5": Text("五级/初级工", "Level five"),
        "level-4": Text("四级/中级工", "Level four"),
        "level-3": Text("三级/高级工", "Level three"),
        "level-2": Text("二级/技师", "Level two"),
        "level-1": Text("一级/高级技师", "Level one"),
        "roster_imported": Text("导入名单", "Roster imported"),
        "roster_replaced": Text("更换名单", "Roster replaced"),
        "scores_entered": Text("录入成绩", "Scores entered"),
        "staff_recorded": Text("登记工作人员", "Staff recorded"),
        "locked": Text("成绩已锁定", "Scores locked"),
        "scores_locked": Text("锁定成绩", "Scores locked"),
        "certificates_issued": Text("核发证书", "Certificates issued"),
        "certificate_revoked": Text("撤销证书", "Certificate revoked"),
    }
)

COMPOSITION = Composition(
    name="assessment",
    prefix="ASM",
    rules=RuleBook(shared_rules(), rules),
    capabilities=CAPABILITIES,
    effects=lambda settings: SittingEffects(),
    blueprints=lambda service: [
        organisation_routes(service.sessions, service.office),
        sitting_routes(service.sessions, service.office),
        scoring_routes(service.sessions, service.office),
        certificate_routes(service.sessions, service.office),
        doubt_routes(service.sessions, service.office, SETTLERS),
    ],
    pages=lambda service: [
        sitting_pages(service.sessions, service.office),
        scoring_pages(service.sessions, service.office),
        certificate_pages(service.sessions, service.office),
        doubt_pages(
            service.sessions,
            service.office,
            SETTLERS,
            lambda session, number, reason, by: revoke_certificate(
                session, service.office, number, reason, by
            ),
        ),
    ],
    entrance=lambda procedure: (
        f"/assessment/sittings/new?procedure={procedure.id}"
        if "certificates" in procedure.outcome
        else None
    ),
    templates=(HERE / "templates",),
    translations=(HERE / "translations",),
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


def file_from(path: Path) -> None:
    """`file-organisations FILE`: the filings of a data file, once however often it runs."""
    service = load()
    with service.sessions.begin() as session:
        count = file_organisations(session, service.office, path)
    print(f"已备案 {count} 家评价机构 / {count} assessment organisations filed")


if __name__ == "__main__":
    if sys.argv[1:2] == [FILE_ORGANISATIONS]:
        file_from(Path(sys.argv[2]))
        sys.exit()
    run("services.assessment.app", COMPOSITION, load, sys.argv[1:])
