"""Commands. To add one, add a module here that defines `COMMAND`; its name is the module's."""
