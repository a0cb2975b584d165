"""An eUICC: a UICC whose profiles are downloaded and switched, after GSMA SGP.22."""
