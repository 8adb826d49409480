"""The page at `/`: plain HTML, CSS and ES modules (`static/`), served as they are."""
