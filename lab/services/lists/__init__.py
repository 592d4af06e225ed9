"""DNS lists as Spamhaus runs them (RFC 5782): whom they list, and how they fail, is told to them."""
