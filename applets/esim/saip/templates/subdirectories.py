"""Directories of an application: GSM access, 5GS, SAIP, SNPN and 5G ProSe of a USIM, EAP.

The package places and names the directory for EAP.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.5.4, 9.5.11 to
9.5.14 and 9.8; 3GPP TS 31.102, 4.4.3 and 4.4.11 to 4.4.14; ETSI TS 102 310 (EAP).
"""

GSM_ACCESS = """
    df-gsm-access 5F3B D 0 0 14 0 -
    ef-kc 4F20 T 9 0 5 1 FF+07
    ef-kcgprs 4F52 T 9 0 5 2 FF+07
    ef-cpbcch 4F63 T 10 0 5 0 FF+
    ef-invscan 4F64 T 1 0 2 0 00
"""

FIVE_GS = """
    df-df-5gs 5FC0 D 0 0 14 0 -
    ef-5gs3gpploci 4F01 T 20 0 5 1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
    ef-5gsn3gpploci 4F02 T 20 0 5 2 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
    ef-5gs3gppnsc 4F03 L 62 2 5 3 FF+
    ef-5gsn3gppnsc 4F04 L 62 2 5 4 FF+
    ef-5gauthkeys 4F05 T 110 0 5 5 -
    ef-uac-aic 4F06 T 4 0 2 6 -
    ef-suci-calc-info 4F07 T 0 0 2 7 FF+
    ef-opl5g 4F08 L 10 0 10 8 FF+
    ef-supinai 4F09 T 0 0 2 9 -
    ef-routing-indicator 4F0A T 4 0 2 10 F0FF0000
    ef-ursp 4F0B B 0 0 2 0 -
    ef-tn3gppsnn 4F0C T 1 0 2 12 00
    ef-cag 4F0D T 2 0 2 13 -
    ef-sor-cmci 4F0E T 0 0 2 14 -
    ef-dri 4F0F T 7 0 2 15 -
    ef-5gsedrx 4F10 T 2 0 2 16 -
    ef-5gnswo-conf 4F11 T 1 0 2 17 -
    ef-mchpplmn 4F15 T 1 0 2 21 -
    ef-kausf-derivation 4F16 T 1 0 2 22 -
"""

FIVE_GS_3 = "ef-routing-indicator 4F0A T 4 0 2 10 F0FFFFFF"
"""The row that replaces the one above in versions up to 3."""

FIVE_GS_1 = """
    ef-5gs3gppnsc 4F03 L 57 1 5 3 FF+
    ef-5gsn3gppnsc 4F04 L 57 1 5 4 FF+
"""
"""Additional rows of versions 1 and 2."""

SAIP = """
    df-df-saip 5FD0 D 0 0 14 0 -
    ef-suci-calc-info-usim 4F01 T 0 0 3 0 FF+
"""

SNPN = """
    df-df-snpn 5FE0 D 0 0 14 0 -
    ef-pws-snpn 4F01 T 1 0 10 0 -
"""

PROSE = """
    df-df-5g-prose 5FF0 D 0 0 14 0 -
    ef-5g-prose-st 4F01 T 1 0 2 1 -
    ef-5g-prose-dd 4F02 T 26 0 2 2 -
    ef-5g-prose-dc 4F03 T 12 0 2 3 -
    ef-5g-prose-u2nru 4F04 T 32 0 2 4 -
    ef-5g-prose-ru 4F05 T 29 0 2 5 -
    ef-5g-prose-uir 4F06 T 32 0 2 6 -
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
