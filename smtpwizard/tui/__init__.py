"""The full-screen wizard. Only this package imports Textual."""
