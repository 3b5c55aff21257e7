"""Who holds an account: a member today, a group, fund, activity or another bank as those rooms come."""
