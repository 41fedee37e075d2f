"""What there is to find out about an account.

To add a check, add a module here that defines `CHECK`; its id is `<stage>.<name>`. Nothing else lists it.
"""
