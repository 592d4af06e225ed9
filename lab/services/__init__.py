"""The programs that live at the far ends of the lab: a mail provider and the customer's app server."""
