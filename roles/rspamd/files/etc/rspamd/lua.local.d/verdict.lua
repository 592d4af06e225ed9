-- Inbound: what was found out about a mail, in two header fields above Postfix's Received line: JSON for
-- boringmail-inbound (docs/adr/0008-verdict-header.md), and the standard Authentication-Results (RFC 8601).
local boringmail = require "boringmail"
local rspamd_util = require "rspamd_util"
local ucl = require "ucl"

local settings = boringmail.settings
local HEADER = "X-Boringmail-Verdict"
local RESULTS = "Authentication-Results"

-- Symbols of Rspamd, and the words of RFC 8601 2.7 for them; the first that is set counts.
local SPF = {
  { "R_SPF_ALLOW", "pass" }, { "R_SPF_PLUSALL", "pass" }, { "R_SPF_FAIL", "fail" }, { "R_SPF_SOFTFAIL", "softfail" },
  { "R_SPF_NEUTRAL", "neutral" }, { "R_SPF_DNSFAIL", "temperror" }, { "R_SPF_PERMFAIL", "permerror" },
}
local DMARC = {
  { "DMARC_POLICY_ALLOW", "pass" }, { "DMARC_POLICY_REJECT", "fail" }, { "DMARC_POLICY_QUARANTINE", "fail" },
  { "DMARC_POLICY_SOFTFAIL", "fail" }, { "DMARC_DNSFAIL", "temperror" }, { "DMARC_BAD_POLICY", "permerror" },
}
local ARC = {
  { "ARC_ALLOW", "pass" }, { "ARC_REJECT", "fail" }, { "ARC_DNSFAIL", "temperror" }, { "ARC_INVALID", "permerror" },
}
local IPREV = {
  { "IPREV_PASS", "pass" }, { "IPREV_FAIL", "fail" }, { "IPREV_TEMPERROR", "temperror" },
  { "IPREV_PERMERROR", "permerror" },
}
-- What lua_task.c calls the outcome of a signature.
local DKIM = { allow = "pass", reject = "fail", tempfail = "temperror" }

local function outcome(task, words)
  for _, pair in ipairs(words) do
    if task:has_symbol(pair[1]) then
      return pair[2], (task:get_symbol(pair[1])[1] or {}).options or {}
    end
  end
  return "none", {}
end

-- A name as DNS or a selector may have it, or nil: what a sender wrote goes no further otherwise.
local function name_or_nil(text)
  text = text and tostring(text):lower()
  return text and #text <= 255 and text:match("^[%w._-]+$") or nil
end

-- A number as JSON has it; to two digits.
local function rounded(score)
  return math.floor(score * 100 + 0.5) / 100
end

local function dkim(task)
  local found = {}
  for _, signature in ipairs(task:get_dkim_results()) do
    table.insert(found, {
      result = DKIM[signature.result] or "permerror",
      domain = name_or_nil(signature.domain),
      selector = name_or_nil(signature.selector),
    })
  end
  return found
end

local function spam(task)
  local symbols = {}
  for _, symbol in ipairs(task:get_symbols_all() or {}) do
    if symbol.score and symbol.score ~= 0 then
      table.insert(symbols, { name = symbol.name, score = rounded(symbol.score) })
    end
  end
  -- The weightiest first.
  table.sort(symbols, function(one, other)
    if math.abs(one.score) ~= math.abs(other.score) then
      return math.abs(one.score) > math.abs(other.score)
    end
    return one.name < other.name
  end)
  while #symbols > 50 do
    table.remove(symbols)
  end
  local score, threshold, action = task:get_metric_score()[1], boringmail.thresholds(task), task:get_metric_action()
  if action == "spam" or action == "no action" then
    action = score >= threshold and "spam" or "no action" -- Rspamd knows no tenants
  end
  return { score = rounded(score), threshold = threshold, action = action, symbols = symbols }
end

local function verdict(task)
  local handover = boringmail.is_handover(task)
  local client = task:get_from_ip()
  local spf = outcome(task, SPF)
  local dmarc, dmarc_options = outcome(task, DMARC)
  local from = boringmail.single_from(boringmail.from(task))
  local iprev, iprev_options = outcome(task, IPREV)
  local policy = dmarc_options[2]
  return {
    v = 1,
    spf = {
      result = spf,
      domain = name_or_nil(boringmail.spf_domain(task)),
      client = not handover and client and client:is_valid() and client:to_string() or nil,
    },
    dkim = dkim(task),
    dmarc = {
      result = dmarc,
      domain = dmarc ~= "none" and name_or_nil(from) or nil,
      policy = (policy == "none" or policy == "quarantine" or policy == "reject") and policy or nil,
    },
    arc = { result = outcome(task, ARC) },
    iprev = { result = iprev, name = name_or_nil(iprev_options[1]) },
    spam = spam(task),
    own_domain_spoofed = task:has_symbol("OWN_DOMAIN_SPOOFED"),
  }
end

-- RFC 8601 2.2. The names in it are plain (name_or_nil), so that nothing has to be quoted.
local function results_field(found)
  local parts = { settings.hostname }
  local function add(text, ...)
    for _, property in ipairs({ ... }) do
      text = text .. " " .. property
    end
    table.insert(parts, text)
  end
  local function property(name, value)
    return value and (name .. "=" .. value) or ""
  end
  add("spf=" .. found.spf.result, property("smtp.mailfrom", found.spf.domain))
  for _, signature in ipairs(found.dkim) do
    add("dkim=" .. signature.result, property("header.d", signature.domain), property("header.s", signature.selector))
  end
  if #found.dkim == 0 then
    add("dkim=none")
  end
  add("dmarc=" .. found.dmarc.result, property("header.from", found.dmarc.domain))
  add("arc=" .. found.arc.result)
  add("iprev=" .. found.iprev.result, property("policy.iprev", found.spf.client))
  return (table.concat(parts, ";\n\t"):gsub(" +", " "):gsub(" ;", ";"):gsub(" $", ""))
end

-- A field of the sender's that names our host as the one that found out (RFC 8601 5); comments and white space may
-- stand before the name.
local function claims_our_name(value)
  local bare = value:gsub("%b()", ""):gsub("%s+", " "):lower()
  local name = bare:match('^ ?"?([^;" ]+)')
  return name == settings.hostname
end

-- Fields by which other filters say what they found. From outside they are a sender's word, and an application may
-- have a rule that believes them.
local function is_foreign_verdict(name)
  name = name:lower()
  return name == "x-spam" or name:sub(1, 7) == "x-spam-" or name:sub(1, 9) == "x-rspamd-"
end

local function removals(task)
  local removed = { [HEADER] = 0 }
  if boringmail.is_from_outside(task) then
    task:headers_foreach(function(name)
      if is_foreign_verdict(name) then
        removed[name] = 0
      end
    end)
  end
  local claimed, all = {}, task:get_header_full(RESULTS) or {}
  for index, header in ipairs(all) do
    if claims_our_name(header.value) then
      table.insert(claimed, index)
    end
  end
  -- A milter's reply has room for one position of a field; where several lie, none of the sender's stays.
  if #claimed == 1 then
    removed[RESULTS] = claimed[1]
  elseif #claimed > 1 then
    removed[RESULTS] = 0
  end
  return removed
end

local function callback(task)
  if boringmail.is_outbound(task) then
    return
  end
  local found = verdict(task)
  -- An empty table would become an object.
  local no_dkim, no_symbols = #found.dkim == 0, #found.spam.symbols == 0
  local json = ucl.to_format(found, "json-compact")
  if no_dkim then
    json = json:gsub('"dkim":{}', '"dkim":[]', 1)
  end
  if no_symbols then
    json = json:gsub('"symbols":{}', '"symbols":[]', 1)
  end
  local folded = tostring(rspamd_util.encode_base64(json, 72)):gsub("\r?\n", "\n\t")
  task:set_milter_reply({
    remove_headers = removals(task),
    -- Position 0 is above the Received line of our own Postfix, where no sender can write.
    add_headers = {
      [RESULTS] = { order = 0, value = results_field(found) },
      [HEADER] = { order = 0, value = folded },
    },
  })
end

rspamd_config:register_symbol({
  name = "VERDICT",
  type = "idempotent",
  callback = callback,
  flags = "empty,nostat,explicit_disable,ignore_passthrough",
})
