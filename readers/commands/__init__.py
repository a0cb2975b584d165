"""The PC_to_RDR messages, one module for each family; `table` has a row for each message."""
