"""Evaluation reports as one HTML file each: no network, no script, figures drawn as SVG and given as tables too."""
