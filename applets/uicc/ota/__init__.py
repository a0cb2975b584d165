"""Secured packets by short message: SCP80, remote file and application management.

Spec: ETSI TS 102 225 (packets), TS 102 226 (remote management); 3GPP TS 31.115 (short messages).
"""
