"""Names and standing of account holders: members today, and groups, funds, activities and banks as they register."""
