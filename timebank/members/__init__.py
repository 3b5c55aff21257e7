"""People and their memberships: a person is a human, once; a membership is their place in one bank."""
