"""Signers in the formats of organisers' other tools: one module a preset."""
