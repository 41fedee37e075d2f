"""Writes proven settings where a program will read them, and reads them back by that program's own rules.

To add a target, add a file to `knowledge/targets`; to add a file syntax, add a module that defines `READER` to
`export/readers`.
"""
