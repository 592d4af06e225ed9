"""Drives the lab from the controller: what the demonstration and the end-to-end tests ask and tell it."""
