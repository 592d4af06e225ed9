"""The customer's app server: an endpoint that takes mail as signed JSON, and goes wrong on request."""
