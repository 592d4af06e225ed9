"""Teaching the spam filter: Rspamd's Bayes learns from mails that people have judged."""
