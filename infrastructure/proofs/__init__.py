"""Proofs that the log is what it was: a Merkle tree over it, and signed checkpoints that leave the database."""
