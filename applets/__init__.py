"""Cards that come with vcard: one module or folder for each application specification."""
