"""A line of claims that wait for money, as long as a test wants it: copies of one that came
there by every step, each of a person and a certificate of its own."""

from __future__ import annotations

from sqlalchemy import text

from shared.persistence import Sessions

_COPIES = (
    """INSERT INTO known_certificates
       SELECT (k).* FROM (
           SELECT jsonb_populate_record(known, jsonb_build_object(
               'certificate_no', 'S' || lpad(n::text, 21, '0'),
               'person_ref', md5(n::text) || md5(n::text))) AS k
           FROM known_certificates known, generate_series(1, :count) n
           WHERE known.certificate_no = (SELECT form->>'certificate_no' FROM cases WHERE id = :id)
       ) made""",
    """INSERT INTO cases
       SELECT (c).* FROM (
           SELECT jsonb_populate_record(old, jsonb_build_object(
               'id', 'CLM-COPY-' || lpad(n::text, 6, '0'),
               'subject_ref', md5(n::text) || md5(n::text),
               'applicant_ref', md5(n::text) || md5(n::text),
               'submitted_at_utc', old.submitted_at_utc + n * interval '1 second',
               'form', old.form || jsonb_build_object(
                   'certificate_no', 'S' || lpad(n::text, 21, '0')))) AS c
           FROM cases old, generate_series(1, :count) n WHERE old.id = :id) made""",
    """INSERT INTO case_steps
       SELECT (s).* FROM (
           SELECT jsonb_populate_record(old, jsonb_build_object(
               'id', old.id || '-' || n, 'case_id', 'CLM-COPY-' || lpad(n::text, 6, '0'))) AS s
           FROM case_steps old, generate_series(1, :count) n
           WHERE old.case_id = :id AND old.status = 'open') made""",
    """INSERT INTO claim_fundings
       SELECT (f).* FROM (
           SELECT jsonb_populate_record(old, jsonb_build_object(
               'case_id', 'CLM-COPY-' || lpad(n::text, 6, '0'),
               'submitted_at_utc', old.submitted_at_utc + n * interval '1 second')) AS f
           FROM claim_fundings old, generate_series(1, :count) n WHERE old.case_id = :id) made""",
)


def lengthen(sessions: Sessions, case_id: str, count: int) -> list[str]:
    """The cases of `count` copies of a waiting claim, behind it in the line."""
    with sessions.begin() as session:
        for statement in _COPIES:
            session.execute(text(statement), {"id": case_id, "count": count})
    return [f"CLM-COPY-{number:06d}" for number in range(1, count + 1)]
