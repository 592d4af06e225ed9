-- What our rules share: the settings, which side a mail came in by, and whose domain a name is.
local rspamd_util = require "rspamd_util"

local M = {}

M.settings = rspamd_config:get_all_opt("boringmail")

-- The settings id that the proxy worker of the outbound socket sets itself (rspamd.conf): Postfix's clients have no
-- say in it. It is read from the request, not from the settings module, so that a rule works without that module.
function M.is_outbound(task)
  return tostring(task:get_request_header("Settings-ID") or "") == "out"
end

-- The hand-over from postfix-out on this host: mail of our own application, judged when it was handed in.
function M.is_handover(task)
  local ip = task:get_from_ip()
  return ip ~= nil and ip:is_valid() and ip:is_local()
end

-- Whether a domain is the mail domain or below it.
function M.is_own(domain)
  local own = M.settings.mail_domain
  return domain == own or domain:sub(-#own - 1) == "." .. own
end

-- Relaxed alignment (RFC 7489 3.1): one organizational domain.
function M.aligned(one, other)
  return rspamd_util.strequal_caseless(rspamd_util.get_tld(one), rspamd_util.get_tld(other))
end

-- The From fields: `headers`, how many there are; `domains`, of every mailbox in them; `broken`, whether one of them
-- could not be read as mailboxes.
function M.from(task)
  local found = { headers = 0, domains = {}, broken = false }
  for _, header in ipairs(task:get_header_full("From") or {}) do
    found.headers = found.headers + 1
    local mailboxes = rspamd_util.parse_mail_address(header.value, task:get_mempool()) or {}
    local read = 0
    for _, mailbox in ipairs(mailboxes) do
      if mailbox.domain and #mailbox.domain > 0 then
        table.insert(found.domains, mailbox.domain:lower())
        read = read + 1
      end
    end
    found.broken = found.broken or read == 0 or read < #mailboxes
  end
  return found
end

-- The domain of the one mailbox in the one From field, or nil: DMARC knows no other case (RFC 7489 6.6.1).
function M.single_from(found)
  if found.headers == 1 and #found.domains == 1 and not found.broken then
    return found.domains[1]
  end
  return nil
end

-- The domain that SPF judges: the envelope sender's, or HELO for a bounce (RFC 7208 2.4).
function M.spf_domain(task)
  local sender = (task:get_from("smtp") or {})[1]
  if sender and sender.domain and #sender.domain > 0 then
    return sender.domain:lower()
  end
  return (task:get_helo() or ""):lower()
end

return M
