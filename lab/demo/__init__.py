"""What `make demo` runs: the production playbook against the lab, a mail out, a mail in, and a report."""
