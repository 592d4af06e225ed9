"""boringmail-inbound: takes mail from Postfix over LMTP and posts it to the application."""
