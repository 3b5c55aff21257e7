"""Software for time banks: neighbours help each other by the hour, and anyone can check the books."""
