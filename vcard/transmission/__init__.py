"""ISO/IEC 7816-3: T=0 and T=1 at both ends, PPS, and the characters between them."""
