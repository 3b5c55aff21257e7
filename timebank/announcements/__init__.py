"""What a bank lets its members know for some days: on home and in the next digest."""
