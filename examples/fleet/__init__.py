"""A fleet of eUICCs that loads an SM-DP+: docs/fleet.md."""
