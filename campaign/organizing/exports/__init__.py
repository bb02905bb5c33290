"""Export presets: signers in the formats of organizers' other tools, one module per preset."""
