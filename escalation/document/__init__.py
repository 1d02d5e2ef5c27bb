"""Results as a document to hand on: one file to read and print, and the references of what was used."""
