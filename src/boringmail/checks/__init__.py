"""What the deliverability modules think: pure functions that take resolver, clock and socket from the caller.

Shared by the Ansible modules in `library/` (on the controller and on the mail host).
"""
