"""Files of an IoT minimal profile: the MF and a USIM in one element, and the optional files.

The defaults that depend on the package ("@") are made when it is installed. The access rules are
those of the annex of the specification.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7.5, 9.9 to 9.11.
"""

IOT = """
    mf 3F00 D 0 0 14 0 @empty
    ef-pl 2F05 T 2 0 1 5 FF+
    ef-iccid 2FE2 T 10 0 11 0 @iccid
    ef-dir 2F00 L 32 1 10 30 @directory
    ef-arr 2F06 L 40 14 10 0 @rules
    ef-umpc 2F08 T 5 0 10 8 -
    adf-usim 7FD0 A 0 0 14 0 @empty
    ef-imsi 6F07 T 9 0 2 7 -
    ef-arr-usim 6F06 L 40 14 10 23 @rules
    ef-keys 6F08 T 33 0 5 8 07FF+
    ef-keysps 6F09 T 33 0 5 9 07FF+
    ef-hpplmn 6F31 T 1 0 2 18 0A
    ef-ust 6F38 T 17 0 2 4 00+
    ef-start-hfn 6F5B T 6 0 5 15 F00000F00000
    ef-threshold 6F5C T 3 0 2 16 FFFFFF
    ef-psloci 6F73 T 14 0 5 12 FFFFFFFFFFFFFFFFFFFF0000FF01
    ef-acc 6F78 T 2 0 2 6 -
    ef-fplmn 6F7B T 12 0 5 13 FF+
    ef-loci 6F7E T 11 0 5 11 FFFFFFFFFFFFFF0000FF01
    ef-ad 6FAD T 4 0 10 3 00000002
    ef-ecc 6FB7 L 4 1 10 1 FF+
    ef-netpar 6FC4 T 128 0 5 0 FF+
"""

OPT_IOT = """
    ef-fdn 6F3B L 26 20 8 0 FF+
    ef-sms 6F3C L 176 10 5 0 00FF+
    ef-smsp 6F42 L 38 1 5 0 FF+
    ef-smss 6F43 T 2 0 5 0 FFFF
    ef-spn 6F46 T 17 0 10 0 -
    ef-est 6F56 T 1 0 8 5 -
    ef-oplmnwact 6F61 T 40 0 2 17 FFFFFF0000*
    ef-hplmnwact 6F62 T 5 0 2 19 FFFFFF0000*
    ef-ehplmn 6FD9 T 15 0 2 29 FF+
    ef-epsloci 6FE3 T 18 0 5 30 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000001
    ef-epsnsc 6FE4 L 80 1 5 24 FF+
    df-df-5gs 5FC0 D 0 0 14 0 -
    ef-5gs3gpploci 4F01 T 20 0 5 1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
    ef-5gsn3gpploci 4F02 T 20 0 5 2 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
    ef-5gs3gppnsc 4F03 L 62 2 5 3 FF+
    ef-5gsn3gppnsc 4F04 L 62 2 5 4 FF+
    ef-5gauthkeys 4F05 T 110 0 5 5 -
    ef-uac-aic 4F06 T 4 0 2 6 -
    ef-suci-calc-info 4F07 T 0 0 2 7 FF+
    ef-opl5g 4F08 L 10 0 10 8 FF+
    ef-supi-nai 4F09 T 0 0 2 9 -
    ef-routing-indicator 4F0A T 4 0 2 10 F0FF0000
    ef-ursp 4F0B B 0 0 2 0 -
    ef-tn3gppsnn 4F0C T 1 0 2 12 00
    df-df-saip 5FD0 D 0 0 14 0 -
    ef-suci-calc-info-usim 4F01 T 0 0 3 0 FF+
"""
