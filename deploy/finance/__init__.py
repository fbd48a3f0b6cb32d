"""A reference consumer of payment instructions, to be copied by a finance team. See README.md."""
