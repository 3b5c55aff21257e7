"""The deed between giver and receiver, from asking to confirming, and what happens when the two see it differently."""
