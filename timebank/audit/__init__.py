"""The audit: runs the checks of all rooms, stores their results, and reads a bank's books for those who audit them."""
