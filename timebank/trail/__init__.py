"""The audit trail: who did what, for whom and when. Append-only; a form key is unique, so that forms are idempotent."""
