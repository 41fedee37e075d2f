"""Evidence in words: a module for each of `smtpwizard.model.evidence`."""
