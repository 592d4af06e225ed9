-- Inbound: a mail from outside that says in its From field that it is from us, and cannot prove it. Our own
-- application's mail leaves with our signature; whoever sends in our name without it is not us.
local boringmail = require "boringmail"

local settings = boringmail.settings
local SYMBOL = "OWN_DOMAIN_SPOOFED"

-- Whether a From field names us; one that cannot be read is searched for our name instead.
local function claims_to_be_us(task, from)
  for _, domain in ipairs(from.domains) do
    if boringmail.is_own(domain) then
      return true
    end
  end
  if not from.broken then
    return false
  end
  for _, header in ipairs(task:get_header_full("From") or {}) do
    if header.value:lower():find(settings.mail_domain, 1, true) then
      return true
    end
  end
  return false
end

-- "pass", "unknown" (a DNS server did not answer) or "fail" of the SPF and DKIM results in line with a domain.
local function proof(task, domain)
  local unknown = false
  local spf_domain = boringmail.spf_domain(task)
  if #spf_domain > 0 and boringmail.aligned(spf_domain, domain) then
    if task:has_symbol("R_SPF_ALLOW") then
      return "pass"
    end
    unknown = task:has_symbol("R_SPF_DNSFAIL")
  end
  for _, signature in ipairs(task:get_dkim_results()) do
    if signature.domain and boringmail.aligned(signature.domain, domain) then
      if signature.result == "allow" then
        return "pass"
      end
      unknown = unknown or signature.result == "tempfail"
    end
  end
  return unknown and "unknown" or "fail"
end

local function callback(task)
  if boringmail.is_outbound(task) or boringmail.is_handover(task) then
    return
  end
  local from = boringmail.from(task)
  if not claims_to_be_us(task, from) then
    return
  end
  local domain = boringmail.single_from(from)
  local result = domain and proof(task, domain) or "fail"
  if result == "unknown" then
    task:set_pre_result("soft reject", "SPF or DKIM of the From address cannot be checked at the moment", "boringmail")
  elseif result == "fail" then
    task:insert_result(SYMBOL, 1.0, domain or "From field")
    if settings.own_domain_spoof == "reject" then
      task:set_pre_result("reject", string.format(
        "From is an address of %s, and neither DKIM nor SPF shows that it sent this", settings.mail_domain),
        "boringmail")
    end
  end
end

rspamd_config:register_symbol({
  name = SYMBOL,
  type = "postfilter",
  callback = callback,
  priority = 10,
  score = 10.0,
  flags = "empty,ignore_passthrough",
  group = "policies",
})
