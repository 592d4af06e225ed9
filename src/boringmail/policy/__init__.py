"""boringmail-policy: asks the application about recipients while the sender is still connected."""
