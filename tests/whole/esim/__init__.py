"""The eSIM as a whole: its requirements, and the tests for each.

| what | where |
| --- | --- |
| each function, request to response, byte for byte | test_es10 (vectors/es10.txt) |
| EID by GET RESPONSE at T=0, through pcscd | test_session |
| lpac: reader list, chip, profiles, notifications; the same over stdio | external/esim/test_lpac |
| enabling disables the other; numbers rise | test_es10, applets/esim/test_switching |
| pySim-shell, pySim-read; a challenge of the 3GPP test sets | external/esim/test_pysim |
| state survives the process, and its death | test_killed, test_power_cut |
| multiple enabled profiles: modes, MANAGE LSI | applets/esim/test_switching, test_lsi |
| ports by NAD (control code 3600); a card without | test_nad, pcsc/test_exchange_levels |
| T=1: chaining, IFS, WTX, EDC, parity | vcard/test_t1_*, libccid/test_same_sessions |
| ports at random against a model: slot, NAD, MANAGE LSI | test_ports |
| a download from osmo-smdpp by lpac, reported and read | external/esim/test_smdpp |
| downloads by lpac with codes, previews, discovery | external/esim/test_lpac_download |
| what goes wrong with a download: code, card as before | test_download_errors |
| each refusal is answered, or says why never | applets/esim/test_switching, test_package |
| downloads to two ports, read and authenticated in one session | test_session |
| two programs on two ports at once | external/esim/test_slots |
| a phone's assistant: its tags, its target ports | test_android |
| random commands, damaged packages and downloads | test_fuzz |
| a recorded session in Wireshark | test_wireshark |
| SGP.32: power cuts at each write, random packages | test_iot |
| an IPA's day through pcscd | pcsc/test_iot, external/esim/test_onomondo_ipa |
| sizes and speeds | bench/esim.py |

Tests that need an outside program are under tests/external, and are skipped without it.
"""
