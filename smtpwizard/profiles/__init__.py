"""Saved accounts: settings in the platform's config folder, secrets in the vault."""
