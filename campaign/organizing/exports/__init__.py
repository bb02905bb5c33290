"""Signers in the formats of organizers' other tools: one module a preset."""
