"""Everything executable that says what the system does."""
