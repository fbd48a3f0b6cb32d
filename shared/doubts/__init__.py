"""What speaks against something that was issued (an honour, a certificate): evidence on which it
rests was taken back since. It stands until an office has decided: take it back, or let it stand."""

from shared.doubts.handlers import Doubted, lift_doubts, raise_doubts, settle_doubts
from shared.doubts.rules import Settlers

__all__ = ["Doubted", "Settlers", "lift_doubts", "raise_doubts", "settle_doubts"]
