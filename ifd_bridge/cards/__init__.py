"""Where cards come from: a SPEC, another process, a real reader; and what keeps their memory."""
