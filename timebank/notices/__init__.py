"""Notices: an outbox whose rows commit with the deed, and how each member wants to be notified."""
