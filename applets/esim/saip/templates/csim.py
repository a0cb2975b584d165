"""Files at ADF.CSIM.

Assumption: the annex of the format was not available. Identifiers, sizes and short identifiers are
those of the files' specification and of a public test profile, the access rules follow from its
conditions; packages name all of these themselves.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.7; 3GPP2 C.S0065,
5.2.
"""

CSIM = """
    adf-csim 0000 A 0 0 14 0 -
    ef-arr 6F06 L 0 0 10 23 -
    ef-call-count 6F21 C 2 10 5 0 -
    ef-imsi-m 6F22 T 10 0 2 4 -
    ef-imsi-t 6F23 T 10 0 2 5 -
    ef-tmsi 6F24 T 16 0 5 6 -
    ef-ah 6F25 T 2 0 5 0 -
    ef-aop 6F26 T 1 0 5 0 -
    ef-aloc 6F27 T 7 0 5 0 -
    ef-cdmahome 6F28 L 5 0 5 12 -
    ef-znregi 6F29 L 8 0 5 0 -
    ef-snregi 6F2A T 7 0 5 13 -
    ef-distregi 6F2B T 8 0 5 0 -
    ef-accolc 6F2C T 1 0 2 3 -
    ef-term 6F2D T 1 0 5 0 -
    ef-acp 6F2F T 7 0 5 0 -
    ef-prl 6F30 T 0 0 2 7 -
    ef-ruimid 6F31 T 8 0 11 0 -
    ef-csim-st 6F32 T 0 0 2 2 -
    ef-spc 6F33 T 3 0 14 0 -
    ef-otapaspc 6F34 T 1 0 5 0 -
    ef-namlock 6F35 T 1 0 5 0 -
    ef-ota 6F36 T 0 0 2 0 -
    ef-sp 6F37 T 1 0 5 0 -
    ef-esn-meid-me 6F38 T 8 0 10 0 -
    ef-li 6F3A T 0 0 1 10 -
    ef-usgind 6F42 T 1 0 2 0 -
    ef-ad 6F43 T 3 0 10 1 -
    ef-max-prl 6F45 T 4 0 2 0 -
    ef-spcs 6F46 T 1 0 2 0 -
    ef-mecrp 6F55 T 3 0 5 0 -
    ef-home-tag 6F70 T 0 0 2 0 -
    ef-group-tag 6F71 T 0 0 2 0 -
    ef-specific-tag 6F72 T 0 0 2 0 -
    ef-call-prompt 6F73 T 0 0 2 0 -
"""

OPT_CSIM = """
    ef-ssci 6F2E T 1 0 5 0 -
    ef-fdn 6F3B L 28 0 8 0 FF+
    ef-sms 6F3C L 192 0 5 0 -
    ef-smsp 6F3D L 23 0 5 0 -
    ef-smss 6F3E T 0 0 5 0 -
    ef-ssfc 6F3F T 0 0 5 0 -
    ef-spn 6F41 T 35 0 10 8 -
    ef-mdn 6F44 L 11 1 5 0 -
    ef-ecc 6F47 T 0 0 10 9 -
    ef-me3gpdopc 6F48 T 1 0 5 0 -
    ef-3gpdopm 6F49 T 1 0 5 0 -
    ef-sipcap 6F4A T 4 0 2 0 -
    ef-mipcap 6F4B T 5 0 2 0 -
    ef-sipupp 6F4C T 0 0 2 0 -
    ef-mipupp 6F4D T 0 0 2 0 -
    ef-sipsp 6F4E T 1 0 5 0 -
    ef-mipsp 6F4F T 0 0 5 0 -
    ef-sippapss 6F50 T 0 0 5 0 -
    ef-puzl 6F53 T 0 0 5 0 -
    ef-maxpuzl 6F54 T 5 0 5 0 -
    ef-hrpdcap 6F56 T 3 0 2 0 -
    ef-hrpdupp 6F57 T 0 0 2 0 -
    ef-csspr 6F58 T 1 0 2 0 -
    ef-atc 6F59 T 1 0 2 0 -
    ef-eprl 6F5A T 0 0 2 14 -
    ef-bcsmscfg 6F5B T 1 0 2 0 -
    ef-bcsmspref 6F5C T 1 0 5 0 -
    ef-bcsmstable 6F5D L 0 0 2 0 -
    ef-bcsmsp 6F5E L 2 0 5 0 -
    ef-bakpara 6F63 L 0 0 5 0 -
    ef-upbakpara 6F64 L 0 0 5 0 -
    ef-mmsn 6F65 L 8 0 5 0 -
    ef-ext8 6F66 L 13 0 5 0 00FF+
    ef-mmsicp 6F67 T 0 0 2 0 FF+
    ef-mmsup 6F68 L 0 0 5 0 FF+
    ef-mmsucp 6F69 T 0 0 5 0 FF+
    ef-auth-capability 6F6A L 0 0 2 0 -
    ef-3gcik 6F6B T 32 0 2 11 -
    ef-dck 6F6C T 20 0 5 0 FF+
    ef-gid1 6F6D T 0 0 2 0 -
    ef-gid2 6F6E T 0 0 2 0 -
    ef-cdmacnl 6F6F T 0 0 2 0 -
    ef-sf-euimid 6F74 T 7 0 11 0 -
    ef-est 6F75 T 1 0 8 15 -
    ef-hidden-key 6F76 T 4 0 5 0 FF+
    ef-lcsver 6F77 T 2 0 2 0 -
    ef-lcscp 6F78 T 0 0 2 0 -
    ef-sdn 6F79 L 28 0 2 0 FF+
    ef-ext2 6F7A L 13 0 8 0 00FF+
    ef-ext3 6F7B L 13 0 2 0 00FF+
    ef-ici 6F7C C 42 0 5 16 -
    ef-oci 6F7D C 41 0 5 17 -
    ef-ext5 6F7E L 13 0 5 0 00FF+
    ef-ccp2 6F7F L 15 0 5 18 FF+
    ef-applabels 6F80 T 0 0 2 0 -
    ef-model 6F81 T 126 0 5 0 -
    ef-rc 6F82 T 0 0 2 0 -
    ef-smscap 6F83 T 4 0 2 0 -
    ef-mipflags 6F84 T 1 0 2 0 -
    ef-3gpduppext 6F85 T 0 0 2 0 -
    ef-ipv6cap 6F87 T 21 0 2 0 -
    ef-tcpconfig 6F88 T 2 0 2 0 -
    ef-dgc 6F89 T 3 0 2 0 -
    ef-wapbrowsercp 6F8A T 0 0 2 0 -
    ef-wapbrowserbm 6F8B T 0 0 2 0 -
    ef-mmsconfig 6F8C T 8 0 2 0 -
    ef-jdl 6F8D T 0 0 2 0 -
"""
