"""Files at DF.TELECOM, and the phone book, which a USIM may have as well.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.4 and 9.5.3; 3GPP
TS 31.102, 4.4.2 and 4.6.
"""

PHONEBOOK = """
    df-phonebook 5F3A D 0 0 14 0 -
    ef-pbr 4F30 L 0 0 2 0 -
    ef-ext1 4F38 L 13 0 5 0 00FF+
    ef-aas 4F40 L 0 0 5 0 FF+
    ef-gas 4F48 L 0 0 5 0 FF+
    ef-psc 4F22 T 4 0 5 0 00000000
    ef-cc 4F23 T 2 0 5 0 0000
    ef-puid 4F24 T 2 0 5 0 0000
    ef-iap 4F50 L 0 0 5 0 FF+
    ef-adn 4F58 L 0 0 5 0 FF+
    ef-pbc 4F60 L 2 0 5 0 00+
    ef-anr 4F68 L 0 0 5 0 FF+
    ef-puri 4F70 L 0 0 5 0 -
    ef-email 4F78 L 0 0 5 0 FF+
    ef-sne 4F80 L 0 0 5 0 FF+
    ef-uid 4F88 L 2 0 5 0 0000
    ef-grp 4F90 L 0 0 5 0 00+
    ef-ccp1 4F98 L 0 0 5 0 FF+
"""

TELECOM = f"""
    df-telecom 7F10 D 0 0 14 0 -
    ef-arr 6F06 L 0 0 10 0 -
    ef-rma 6F53 L 0 0 3 0 -
    ef-sume 6F54 T 22 0 3 0 -
    ef-ice-dn 6FE0 L 24 50 9 0 FF+
    ef-ice-ff 6FE1 L 0 0 9 0 FF+
    ef-psismsc 6FE5 L 0 0 5 0 -
    df-graphics 5F50 D 0 0 14 0 -
    ef-img 4F20 L 0 0 2 0 00FF+
    ef-iidf 4F40 T 0 0 2 0 FF+
    ef-ice-graphics 4F21 B 0 0 9 0 -
    ef-launch-scws 4F01 T 0 0 10 0 -
    ef-icon 4F80 T 0 0 10 0 -
{PHONEBOOK}
    df-multimedia 5F3B D 0 0 14 0 -
    ef-mml 4F47 B 0 0 5 0 -
    ef-mmdf 4F48 B 0 0 5 0 -
    df-mmss 5F3C D 0 0 14 0 -
    ef-mlpl 4F20 T 0 0 2 1 -
    ef-mspl 4F21 T 0 0 2 2 -
    ef-mmssmode 4F22 T 1 0 2 3 -
    df-mcs 5F3D D 0 0 14 0 -
    ef-mst 4F01 T 0 0 2 1 -
    ef-mcs-config 4F02 B 0 0 2 2 -
    df-v2x 5F3E D 0 0 14 0 -
    ef-vst 4F01 T 0 0 2 1 -
    ef-v2x-config 4F02 B 0 0 2 2 -
    ef-v2xp-pc5 4F03 T 0 0 2 0 -
    ef-v2xp-uu 4F04 T 0 0 2 0 -
"""
