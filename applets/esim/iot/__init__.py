"""An eUICC for the Internet of Things: managed by eIMs, through an IPA. Spec: GSMA SGP.32."""
