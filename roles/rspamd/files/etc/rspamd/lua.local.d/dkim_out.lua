-- Outbound: signs with the domain's key, and lets nothing pass unsigned. Not Rspamd's dkim_signing: its conditions
-- (sender, user name, network) each end in mail that goes out unsigned without a word.
local boringmail = require "boringmail"
local rspamd_logger = require "rspamd_logger"

local settings = boringmail.settings

local function refuse(task, action, text)
  task:set_pre_result(action, text, "boringmail")
end

local function sign(task)
  local from = boringmail.from(task)
  local domain = boringmail.single_from(from)
  if not domain then
    refuse(task, "reject", string.format(
      "The mail needs one From field with one address below %s; it has %d with %d",
      settings.mail_domain, from.headers, #from.domains))
    return
  end
  if not boringmail.is_own(domain) then
    refuse(task, "reject", string.format(
      "The From address must be of %s or a domain below it, or the mail cannot be signed in line with DMARC",
      settings.mail_domain))
    return
  end
  -- Loads the file anew when its time has changed. Why it could not is in the error line before ours.
  local signed = rspamd_plugins.dkim.sign(task, {
    domain = settings.mail_domain,
    selector = settings.dkim_selector,
    key = settings.dkim_key_file,
  })
  if not signed then
    error("no signature with " .. settings.dkim_key_file, 0)
  end
  task:insert_result("DKIM_SIGNED", 1.0, settings.mail_domain .. ":s=" .. settings.dkim_selector)
  -- And that is all: our own application's mail is not judged.
  task:set_pre_result("no action", nil, "boringmail")
end

local function callback(task)
  if not boringmail.is_outbound(task) then
    return
  end
  local done, reason = pcall(sign, task)
  if not done then
    rspamd_logger.errx(task,
      'event=dkim_unsigned queue_id=%s reason="%s" fix="systemctl start boringmail-dkim-key, and see what it says"',
      task:get_queue_id() or "none", tostring(reason):gsub('"', "'"))
    refuse(task, "soft reject", "The DKIM key cannot be used at the moment, and unsigned mail is not sent")
  end
end

local id = rspamd_config:register_symbol({
  name = "DKIM_OUT",
  type = "prefilter",
  callback = callback,
  priority = 10,
  flags = "empty,nostat,explicit_disable,ignore_passthrough",
})
rspamd_config:register_symbol({ name = "DKIM_SIGNED", type = "virtual", parent = id, score = 0.0, group = "dkim" })
