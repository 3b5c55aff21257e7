"""The steps, in order. They are frozen: later steps change what earlier ones made."""
