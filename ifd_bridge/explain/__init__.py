"""Explanations for people: which card an ATR names, statistics of ATRs, bytes decoded.

What bytes mean is known in vcard and readers; here it is looked up, counted and laid out.
"""
