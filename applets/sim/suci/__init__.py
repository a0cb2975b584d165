"""The concealed identifier of a 5G subscriber, computed on the card.

Spec: 3GPP TS 33.501, annex C; TS 31.102, 7.5 (GET IDENTITY).
"""
