"""What people are to be told: an outbox whose rows commit with the deed, and how each wants to be told."""
