"""The steering protocol of a world: its client, its server, and how they find each other."""
