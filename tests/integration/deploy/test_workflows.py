"""What the doctor finds where a case waits for a workflow, or a document does not load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from temporalio.testing import WorkflowEnvironment

from deploy.addresses import keyword_dsn
from deploy.run.documents import of_documents
from deploy.run.specification import tool
from deploy.run.workflows import of_workflows
from tests.composed import environ

TEXT = "insert into procedure_texts (digest, text) values ('d', '')"
CASE = (
    "insert into cases (id, procedure, procedure_version, procedure_digest, status, applicant_ref,"
    " applicant_name, subject_ref, subject_name, region, regions, form, round, external_facts,"
    " opened_at_utc, changed_at_utc, version)"
    " values (%s, 'p', '1', 'd', %s, 'r', 'n', 'r', 'n', '421281', '{}', '{}', 1, '{}',"
    " now(), now(), 1)"
)
CASES = {
    "CLM-1": "in_progress",  # runs
    "CLM-2": "in_progress",  # was terminated
    "CLM-3": "returned",  # was never started
    "CLM-4": "approved",
    "CLM-5": "in_progress",  # its start is on the way
}


@pytest.fixture
def dsn(database: Callable[[str], str]) -> str:
    dsn = keyword_dsn(make_url(database("subsidy")))
    with psycopg.connect(dsn) as session:
        session.execute(TEXT)
        for case in CASES.items():
            session.execute(CASE, case)
        session.execute("insert into outbox (case_id, kind) values ('CLM-5', 'start')")
    return dsn


def test_cases_whose_workflow_does_not_run_are_named_with_what_to_do(dsn: str) -> None:
    async def examined() -> list[str]:
        server = await WorkflowEnvironment.start_local(dev_server_existing_path=tool("temporal"))
        async with server:
            for case in ("CLM-1", "CLM-2"):
                handle = await server.client.start_workflow(
                    "CaseWorkflow", id=f"subsidy:{case}", task_queue="nobody"
                )
            await handle.terminate()
            address = server.client.service_client.config.target_host
            asked = (dsn, "subsidy", address, "default")
            return await asyncio.to_thread(lambda: [str(each) for each in of_workflows(*asked)])

    lost, ended = asyncio.run(examined())

    assert "CLM-3" in lost and "make restart SERVICE=subsidy" in lost
    assert "CLM-2 TERMINATED" in ended and "make restart SERVICE=subsidy" in ended
    assert not any(case in lost + ended for case in ("CLM-1", "CLM-4", "CLM-5"))


def test_a_document_that_does_not_load_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: broken\ntitle: {zh: 坏}\n", encoding="utf-8")
    settings = environ(
        "postgresql://nowhere/x", tmp_path, GONGJIANG_SUBSIDY_CATALOGUE=str(tmp_path)
    )

    found = [str(each) for each in of_documents("subsidy", settings)]

    assert found and all("broken.yaml" in each and "app check" in each for each in found)


def test_the_shipped_documents_all_load(tmp_path: Path) -> None:
    settings = environ("postgresql://nowhere/x", tmp_path)
    for service in ("nomination", "assessment", "subsidy"):
        assert list(of_documents(service, settings)) == []
