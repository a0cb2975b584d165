"""Files at the MF.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.2 and 9.3; ETSI TS
102 221, 13; DF.CD: ETSI TS 102 221, annex I.
"""

MF = """
    mf 3F00 D 0 0 14 0 -
    ef-pl 2F05 T 2 0 1 5 FF+
    ef-iccid 2FE2 T 10 0 11 0 -
    ef-dir 2F00 L 0 0 10 30 -
    ef-arr 2F06 L 0 0 10 0 -
    ef-umpc 2F08 T 5 0 10 8 -
"""

CD = """
    df-cd 7F11 D 0 0 14 0 -
    ef-launchpad 6F01 T 0 0 2 0 -
    ef-icon 6F40 T 0 0 2 0 -
"""
