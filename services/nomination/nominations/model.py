"""Which person is being nominated for which programme now: one case at a time."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base


class OpenNomination(Base):
    """Written when a nomination is submitted, gone when its case closes; the key keeps two cases
    of one person for one programme from running side by side."""

    __tablename__ = "open_nominations"

    person_ref: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
