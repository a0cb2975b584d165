"""Files at ADF.USIM.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 9.5.1 and 9.5.2; 3GPP
TS 31.102, 4.2.
"""

USIM = """
    adf-usim 0000 A 0 0 14 0 -
    ef-imsi 6F07 T 9 0 2 7 -
    ef-arr 6F06 L 0 0 10 23 -
    ef-keys 6F08 T 33 0 5 8 07FF+
    ef-keysps 6F09 T 33 0 5 9 07FF+
    ef-hpplmn 6F31 T 1 0 2 18 0A
    ef-ust 6F38 T 17 0 2 4 -
    ef-fdn 6F3B L 26 20 8 0 FF+
    ef-sms 6F3C L 176 10 5 0 00FF+
    ef-smsp 6F42 L 38 1 5 0 FF+
    ef-smss 6F43 T 2 0 5 0 FFFF
    ef-spn 6F46 T 17 0 10 0 -
    ef-est 6F56 T 1 0 8 5 -
    ef-start-hfn 6F5B T 6 0 5 15 F00000F00000
    ef-threshold 6F5C T 3 0 2 16 FFFFFF
    ef-psloci 6F73 T 14 0 5 12 FFFFFFFFFFFFFFFFFFFF0000FF01
    ef-acc 6F78 T 2 0 2 6 -
    ef-fplmn 6F7B T 12 0 5 13 FF+
    ef-loci 6F7E T 11 0 5 11 FFFFFFFFFFFFFF0000FF01
    ef-ad 6FAD T 4 0 10 3 00000002
    ef-ecc 6FB7 L 4 1 10 1 -
    ef-netpar 6FC4 T 128 0 5 0 FF+
    ef-epsloci 6FE3 T 18 0 5 30 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000001
    ef-epsnsc 6FE4 L 80 1 5 24 FF+
"""

USIM_1 = "ef-ust 6F38 T 14 0 2 4 -"
"""The row that replaces the one above in version 1."""

OPT_USIM = """
    ef-li 6F05 T 6 0 1 2 FF+
    ef-acmax 6F37 T 3 0 5 0 000000
    ef-acm 6F39 C 3 1 7 0 000000
    ef-gid1 6F3E T 8 0 2 0 -
    ef-gid2 6F3F T 8 0 2 0 -
    ef-msisdn 6F40 L 24 1 2 0 FF+
    ef-puct 6F41 T 5 0 5 0 FFFFFF0000
    ef-cbmi 6F45 T 10 0 5 0 FF+
    ef-cbmid 6F48 T 10 0 2 14 FF+
    ef-sdn 6F49 L 24 10 2 0 FF+
    ef-ext2 6F4B L 13 10 8 0 00FF+
    ef-ext3 6F4C L 13 10 2 0 00FF+
    ef-cbmir 6F50 T 20 0 5 0 FF+
    ef-plmnwact 6F60 T 40 0 5 10 FFFFFF0000*
    ef-oplmnwact 6F61 T 40 0 2 17 FFFFFF0000*
    ef-hplmnwact 6F62 T 5 0 2 19 FFFFFF0000*
    ef-dck 6F2C T 16 0 5 0 FF+
    ef-cnl 6F32 T 30 0 2 0 FF+
    ef-smsr 6F47 L 30 10 5 0 00FF+
    ef-bdn 6F4D L 25 10 8 0 FF+
    ef-ext5 6F4E L 13 10 5 0 00FF+
    ef-ccp2 6F4F L 15 5 5 22 FF+
    ef-ext4 6F55 L 13 10 8 0 00FF+
    ef-acl 6F57 T 101 0 8 0 00FF+
    ef-cmi 6F58 L 11 10 2 0 FF+
    ef-ici 6F80 C 38 20 5 20 FF+0000000001FFFF
    ef-oci 6F81 C 37 20 5 21 FF+00000001FFFF
    ef-ict 6F82 C 3 1 7 0 000000
    ef-oct 6F83 C 3 1 7 0 000000
    ef-vgcs 6FB1 T 20 0 2 0 -
    ef-vgcss 6FB2 T 7 0 5 0 -
    ef-vbs 6FB3 T 20 0 2 0 -
    ef-vbss 6FB4 T 7 0 5 0 -
    ef-emlpp 6FB5 T 2 0 2 0 -
    ef-aaem 6FB6 T 1 0 5 0 00
    ef-hiddenkey 6FC3 T 4 0 5 0 FF+
    ef-pnn 6FC5 L 16 10 10 25 -
    ef-opl 6FC6 L 8 5 10 26 -
    ef-mbdn 6FC7 L 24 3 5 0 -
    ef-ext6 6FC8 L 13 10 5 0 00FF+
    ef-mbi 6FC9 L 5 10 5 0 -
    ef-mwis 6FCA L 6 10 5 0 00+
    ef-cfis 6FCB L 16 10 5 0 0100FF+
    ef-ext7 6FCC L 13 10 5 0 00FF+
    ef-spdi 6FCD T 17 0 2 27 -
    ef-mmsn 6FCE L 6 10 5 0 000000FF+
    ef-ext8 6FCF L 13 10 5 0 00FF+
    ef-mmsicp 6FD0 T 100 0 2 0 FF+
    ef-mmsup 6FD1 L 0 0 5 0 FF+
    ef-mmsucp 6FD2 T 100 0 5 0 FF+
    ef-nia 6FD3 L 11 5 2 0 FF+
    ef-vgcsca 6FD4 T 0 0 2 0 00+
    ef-vbsca 6FD5 T 0 0 2 0 00+
    ef-gbabp 6FD6 T 0 0 5 0 FF+
    ef-msk 6FD7 L 0 0 2 0 FF+
    ef-muk 6FD8 L 0 0 2 0 FF+
    ef-ehplmn 6FD9 T 15 0 2 29 FF+
    ef-gbanl 6FDA L 0 0 2 0 FF+
    ef-ehplmnpi 6FDB T 1 0 2 0 00
    ef-lrplmnsi 6FDC T 1 0 2 0 00
    ef-nafkca 6FDD L 0 0 2 0 FF+
    ef-spni 6FDE T 0 0 10 0 00FF+
    ef-pnni 6FDF L 0 0 10 0 00FF+
    ef-ncp-ip 6FE2 L 0 0 2 0 -
    ef-ufc 6FE6 T 30 0 10 0 801E60C01E900080040000000000000000F0000000004000000000000080
    ef-nasconfig 6FE8 T 18 0 2 0 -
    ef-uicciari 6FE7 L 0 0 2 0 -
    ef-pws 6FEC T 0 0 10 0 -
    ef-fdnuri 6FED L 0 0 8 0 FF+
    ef-bdnuri 6FEE L 0 0 8 0 FF+
    ef-sdnuri 6FEF L 0 0 2 0 FF+
    ef-ial 6FF0 L 0 0 3 0 FF+
    ef-ips 6FF1 C 4 0 10 0 FF+
    ef-ipd 6FF2 L 0 0 3 0 FF+
    ef-epdgid 6FF3 T 0 0 2 0 -
    ef-epdgselection 6FF4 T 0 0 2 0 -
    ef-epdgidem 6FF5 T 0 0 2 0 -
    ef-epdgselectionem 6FF6 T 0 0 2 0 -
    ef-frompreferred 6FF7 T 1 0 2 0 00
    ef-imsconfigdata 6FF8 B 0 0 2 0 -
    ef-3gpppsdataoff 6FF9 T 4 0 2 0 -
    ef-3gpppsdataoffservicelist 6FFA L 0 0 2 0 -
    ef-xcapconfigdata 6FFC B 0 0 2 0 -
    ef-earfcnlist 6FFD T 0 0 10 0 -
    ef-mudmidconfigdata 6FFE B 0 0 2 0 -
    ef-eaka 6F01 T 1 0 3 0 -
"""
