"""Floods of uploads and jobs on the real service, and what they do to memory and to who polls."""
