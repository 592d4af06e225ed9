-- Inbound: greylisting (RFC 6647) by score. A doubtful mail of somebody unknown is deferred once: most of what spreads
-- spam never comes back, and what does is on a DNS list by then. Not Rspamd's module, which asks the store about every
-- mail and defers even mail in order of a sender whom it has once deferred.
local boringmail = require "boringmail"
local rspamd_logger = require "rspamd_logger"
local rspamd_util = require "rspamd_util"
local store = require "boringmail_store"

local settings = boringmail.settings.greylist
if not settings or not store.available then
  return
end

local FIRST_RETRY_SECONDS = 2 * 86400 -- servers try for days, some only now and then
local PASSED_SECONDS = 30 * 86400
local KNOWN_SECONDS = 90 * 86400
local RECIPIENTS = 20 -- remembered of one mail

-- Whoever sends like this has a name to lose, retries from other addresses too (large pools), or answers us.
local LET_THROUGH = { "R_SPF_ALLOW", "R_DKIM_ALLOW", "REPLY" }

-- Gives -1 when the sender is known; else the seconds since the first attempt, and whoever waited long enough is known.
local ASK = [[
if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then return -1 end
local first = redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3], 'NX', 'GET')
if not first then return 0 end
local waited = ARGV[1] - first
if waited >= tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[4]) end
return waited]]

local REMEMBER = [[for _, key in ipairs(KEYS) do redis.call('SET', key, '', 'EX', ARGV[1]) end]]

local function known_key(address)
  return store.key("known:", address:lower())
end

-- Whether all recipients are probe addresses: such mail is recorded, goes to nobody, and says whether mail gets in now.
-- Rspamd may have taken the + and what follows off by then.
local function is_probe(task)
  local recipients = task:get_recipients("smtp") or {}
  for _, recipient in ipairs(recipients) do
    if (recipient.addr or ""):lower():match("^[^+@]*") ~= settings.probe_local_part then
      return false
    end
  end
  return #recipients > 0
end

local function let_through(task)
  for _, symbol in ipairs(LET_THROUGH) do
    if task:has_symbol(symbol) then
      return true
    end
  end
  return false
end

-- The same for every attempt at one mail: sender, recipients, and where it comes from. A client whose name leads back
-- to it is known by its domain, so that a pool may try from all its addresses; a bounce of it too, whatever it greets with.
local function attempt_key(task, sender)
  local name = task:get_symbol("IPREV_PASS")
  name = name and (name[1].options or {})[1]
  local recipients = {}
  for _, recipient in ipairs(task:get_recipients("smtp") or {}) do
    table.insert(recipients, recipient.addr:lower())
  end
  table.sort(recipients)
  return store.key("greylist:", sender,
    name and rspamd_util.get_tld(name) or boringmail.network(task), table.concat(recipients, " "))
end

local function check(task)
  if not boringmail.is_from_outside(task) or task:has_pre_result() then
    return
  end
  local score = task:get_metric_score()[1]
  if score < settings.score or let_through(task) or is_probe(task) then
    return
  end
  local sender = ((task:get_from("smtp") or {})[1] or {}).addr or ""
  local author = ((task:get_from("mime") or {})[1] or {}).addr or ""
  sender = sender:lower()
  local keys = { attempt_key(task, sender), known_key(sender), known_key(author) }
  local arguments = { math.floor(rspamd_util.get_time()), settings.delay_seconds, FIRST_RETRY_SECONDS, PASSED_SECONDS }
  store.run(task, ASK, keys, arguments, function(waited)
    waited = tonumber(waited)
    if waited and waited >= 0 and waited < settings.delay_seconds then
      rspamd_logger.messagex(task, "event=greylisted queue_id=%s score=%s waited_seconds=%s",
        task:get_queue_id() or "none", score, waited)
      task:set_pre_result("soft reject", string.format(
        "Greylisted, as your server is new here and its mail looks doubtful: please try again in %d seconds",
        settings.delay_seconds - waited), "boringmail")
    end
  end)
end

rspamd_config:register_symbol({
  name = "GREYLIST",
  type = "postfilter",
  callback = check,
  priority = 12, -- after what refuses: own_domain.lua, spam_reject.lua
  flags = "empty,nostat",
})

-- Outbound: whom our application writes to is known.
rspamd_config:register_symbol({
  name = "KNOWN_SENDERS_SET",
  type = "idempotent",
  flags = "empty,nostat,explicit_disable,ignore_passthrough",
  callback = function(task)
    if not boringmail.is_outbound(task) then
      return
    end
    local keys = {}
    for _, recipient in ipairs(task:get_recipients("smtp") or {}) do
      if #keys < RECIPIENTS then
        table.insert(keys, known_key(recipient.addr))
      end
    end
    if #keys > 0 then
      store.run(task, REMEMBER, keys, { KNOWN_SECONDS })
    end
  end,
})
