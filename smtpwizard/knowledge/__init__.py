"""What is known of providers, causes, questions, targets and tools: data files and a strict loader.

To add a provider, a cause, a question or a target, add or edit one TOML file in the folder of that name. The structs
in `smtpwizard.model` define the keys; `smtpwizard knowledge audit` says what is missing.
"""
