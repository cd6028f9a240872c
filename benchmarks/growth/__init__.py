"""What becomes of placing and listing orders while the database grows."""
