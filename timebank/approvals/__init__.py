"""What one keeper of a bank proposes and another answers: roles, welcome hours; and who may answer whom."""
