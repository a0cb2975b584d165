"""A fleet of eUICCs that loads an SM-DP+: docs/how-to/fleet.md."""
