"""What each figure is measured against: the same outer work with nothing of ours in it.

Nothing here imports shared, services or deploy (tests/architecture holds it to that)."""
