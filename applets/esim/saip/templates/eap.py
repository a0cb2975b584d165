"""Files at DF.EAP, which the package places and names.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.8; ETSI TS 102 310.
"""

EAP = """
    df-eap 0000 D 0 0 14 0 -
    ef-eapkeys 4F01 T 0 0 2 0 -
    ef-eapstatus 4F02 T 1 0 2 0 00
    ef-puid 4F03 T 0 0 2 0 -
    ef-ps 4F04 T 0 0 5 0 FF+
    ef-curid 4F20 T 0 0 5 0 FF+
    ef-reid 4F21 T 0 0 5 0 -
    ef-realm 4F22 T 0 0 5 0 -
"""
