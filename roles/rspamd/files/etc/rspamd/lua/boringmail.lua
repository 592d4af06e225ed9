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

-- What a client elsewhere brings, by way of Postfix: not ours to sign, not handed over on this host, and not a file that
-- somebody asks the controller about.
function M.is_from_outside(task)
  local ip = task:get_from_ip()
  return ip ~= nil and ip:is_valid() and not ip:is_local() and not M.is_outbound(task)
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

-- The recipients' tenant labels, each once, with how many of the recipients are its own; `""` stands for those who have
-- none.
function M.tenants(task)
  local found = {}
  for _, recipient in ipairs(task:get_recipients("smtp") or {}) do
    local domain = (recipient.domain or ""):lower()
    local label = domain ~= M.settings.mail_domain and M.is_own(domain) and domain:sub(1, -#M.settings.mail_domain - 2)
    found[label or ""] = (found[label or ""] or 0) + 1
  end
  return found
end

-- From which scores on a mail is spam, and refused (math.huge: never). One mail has one verdict and one answer, also when
-- it is to several tenants: then it is what the most lenient of them says.
function M.thresholds(task)
  local spam, reject
  local all = M.settings.tenants or {}
  for label in pairs(M.tenants(task)) do
    local own = all[label] or {}
    local own_reject = own.reject_score or M.settings.reject_score
    spam = math.max(spam or 0, own.spam_score or M.settings.spam_score)
    reject = math.max(reject or 0, own_reject > 0 and own_reject or math.huge)
  end
  return spam or M.settings.spam_score, reject or math.huge
end

-- The client's network, as far as one operator's machines reach.
function M.network(task)
  local ip = task:get_from_ip()
  return ip:apply_mask(ip:get_version() == 4 and 24 or 64):to_string()
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
