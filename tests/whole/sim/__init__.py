"""The SIM card as a whole: its requirements, and the tests for each.

| what | where |
| --- | --- |
| a phone that is switched on, with and without a toolkit | test_boot |
| the power goes at each write | test_power_cut |
| random commands | test_fuzz |
| SELECT, READ, AUTHENTICATE through pcscd, also by TPDUs | pcsc/test_sim |
| pySim's own suite, packets, a public trace; EAP-SIM and AKA | external/sim |

Tests that need an outside program are under tests/external, and are skipped without it.
"""
