"""The colours, dark and light."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="smtpwizard-dark",
    dark=True,
    primary="#8ab4f8",
    secondary="#5f7fb8",
    accent="#c7a6ff",
    success="#81d4a3",
    warning="#f2c572",
    error="#f28b8f",
    foreground="#dfe3ec",
    background="#12151c",
    surface="#171b24",
    panel="#202633",
    variables={
        "border": "#5f7fb8",
        "border-blurred": "#2c3444",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#2c3f63",
        "block-cursor-blurred-background": "#232b3b",
        "block-cursor-blurred-foreground": "#dfe3ec",
        "block-hover-background": "#1d2330",
        "input-selection-background": "#5f7fb8 40%",
        "footer-background": "#12151c",
        "footer-key-foreground": "#8ab4f8",
        "footer-description-foreground": "#9aa3b5",
        "scrollbar": "#2c3444",
        "scrollbar-hover": "#3a4560",
        "scrollbar-active": "#5f7fb8",
        "scrollbar-background": "#12151c",
        "scrollbar-background-hover": "#12151c",
        "scrollbar-background-active": "#12151c",
        "scrollbar-corner-color": "#12151c",
        "quiet": "#9aa3b5",
        "rule": "#2c3444",
        "on-primary": "#0e1420",
    },
)
LIGHT: Final = Theme(
    name="smtpwizard-light",
    dark=False,
    primary="#2456b8",
    secondary="#6f86b3",
    accent="#7040b5",
    success="#1c7443",
    warning="#8a5a00",
    error="#b3262e",
    foreground="#1f2430",
    background="#fbfaf7",
    surface="#ffffff",
    panel="#eceef2",
    variables={
        "border": "#6f86b3",
        "border-blurred": "#d5d9e1",
        "block-cursor-foreground": "#10131a",
        "block-cursor-background": "#cfdcf6",
        "block-cursor-blurred-background": "#e6eaf2",
        "block-cursor-blurred-foreground": "#1f2430",
        "block-hover-background": "#f0f2f6",
        "input-selection-background": "#6f86b3 40%",
        "footer-background": "#fbfaf7",
        "footer-key-foreground": "#2456b8",
        "footer-description-foreground": "#5b6475",
        "scrollbar": "#d5d9e1",
        "scrollbar-hover": "#bcc4d2",
        "scrollbar-active": "#6f86b3",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-background-hover": "#fbfaf7",
        "scrollbar-background-active": "#fbfaf7",
        "scrollbar-corner-color": "#fbfaf7",
        "quiet": "#5b6475",
        "rule": "#d5d9e1",
        "on-primary": "#ffffff",
    },
)
ANSI_VARIABLES: Final = {"quiet": "ansi_default", "rule": "ansi_default", "on-primary": "ansi_default"}
"""What our own names are in themes that are not ours."""
