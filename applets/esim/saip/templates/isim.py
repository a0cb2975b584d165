"""Files at ADF.ISIM.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.6; 3GPP TS 31.103,
4.2.
"""

ISIM = """
    adf-isim 0000 A 0 0 14 0 -
    ef-impi 6F02 T 0 0 2 2 -
    ef-impu 6F04 L 0 1 2 4 -
    ef-domain 6F03 T 0 0 2 5 -
    ef-ist 6F07 T 14 0 2 7 -
    ef-ad 6FAD T 3 0 10 3 000000
    ef-arr 6F06 L 0 0 10 6 -
"""

OPT_ISIM = """
    ef-pcscf 6F09 L 0 1 2 0 -
    ef-sms 6F3C L 176 10 5 0 00FF+
    ef-smsp 6F42 L 38 1 5 0 FF+
    ef-smss 6F43 T 2 0 5 0 FFFF
    ef-smsr 6F47 L 30 10 5 0 00FF+
    ef-gbabp 6FD5 T 0 0 5 0 FF+
    ef-gbanl 6FD7 L 0 0 2 0 FF+
    ef-nafkca 6FDD L 0 0 2 0 FF+
    ef-uicciari 6FE7 L 0 0 2 0 -
    ef-frompreferred 6FF7 T 1 0 2 0 00
    ef-imsconfigdata 6FF8 B 0 0 2 0 -
    ef-xcapconfigdata 6FFC B 0 0 2 0 -
    ef-webrtcuri 6FFA L 0 0 2 0 -
    ef-mudmidconfigdata 6FFE B 0 0 2 0 -
"""
