"""The lab: a local AWS and a local Internet, against which the production playbooks run unmodified."""
