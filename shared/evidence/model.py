"""What is known about a file that was handed in. The content lies in the store."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.evidence.errors import FileBelongsElsewhere
from shared.persistence import Base


class EvidenceFile(Base):
    """Uploaded before or after its case exists; once it belongs to a case it stays there."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        Index("ix_evidence_files_case_id", "case_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str | None]
    digest: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    uploaded_by: Mapped[str]
    uploaded_at_utc: Mapped[datetime]

    def attach(self, case_id: str, *, field: str) -> None:
        if self.case_id not in (None, case_id):
            raise FileBelongsElsewhere(field=field)
        self.case_id = case_id
