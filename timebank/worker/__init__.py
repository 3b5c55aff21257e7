"""What happens without anybody asking for it: notices go out, books are sealed and checked, what is due is swept."""
