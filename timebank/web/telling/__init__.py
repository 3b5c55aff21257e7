"""The words of notices, and the e-mails made of them: rendered for their reader, in the bank's time zone."""
