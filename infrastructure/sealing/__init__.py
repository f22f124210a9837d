"""Personal data, sealed: the keys of its subjects, what they open, and what is found without opening anything."""

from infrastructure.sealing.vault import Destroyed, Vault, open_vault
from infrastructure.sealing.wrapping import KeyEncryption, KeyFile, KeyMissing, key_encryption

__all__ = ["Destroyed", "KeyEncryption", "KeyFile", "KeyMissing", "Vault", "key_encryption", "open_vault"]
