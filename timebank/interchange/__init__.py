"""Import of other systems' files, validated as a whole and stored in one transaction; export of the books."""
