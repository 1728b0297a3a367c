"""The scripted speech provider and text model; ../README.md says how to script them."""
