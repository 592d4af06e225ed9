"""`mailbox.example`: a mail provider that receives, judges and sends like a big one, and says what it saw."""
