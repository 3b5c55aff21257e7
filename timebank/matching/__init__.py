"""Which member could help with a request, and why."""
