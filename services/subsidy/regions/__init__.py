"""Whose money an office may handle: that of its own region."""

from services.subsidy.regions.rules import OutsideRegion, ensure_office, ensure_sees, holds, sees

__all__ = ["OutsideRegion", "ensure_office", "ensure_sees", "holds", "sees"]
