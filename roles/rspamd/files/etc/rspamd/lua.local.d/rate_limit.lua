-- Inbound: how many mails an envelope sender, a client network and a tenant may get through an hour. What is over is
-- deferred, never refused: it comes again when there is room. All limits in one request to the store, and none counts
-- what another defers. Not Rspamd's module, whose count of mails under way grows with every one that is broken off.
local boringmail = require "boringmail"
local rspamd_logger = require "rspamd_logger"
local store = require "boringmail_store"

local settings = boringmail.settings
if not store.available then
  return
end

local HOUR_MS = 3600 * 1000

-- A limit's key holds the time at which its bucket is empty again (GCRA), and ends then. A bucket holds an hour's mails.
-- KEYS the limits; ARGV for each the milliseconds that its mails take. Gives the first one that is full, or 0.
local TAKE = [[
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
local free = {}
for i, key in ipairs(KEYS) do
  free[i] = math.max(tonumber(redis.call('GET', key) or 0), now) + ARGV[i + 1]
  if free[i] - now > tonumber(ARGV[1]) then return i end
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', free[i]), 'PX', string.format('%.0f', free[i] - now + 1))
end
return 0]]

local function limits(task)
  local names, keys, arguments = {}, {}, { HOUR_MS }
  local function add(name, whose, mails, per_hour)
    if per_hour > 0 then
      table.insert(names, name)
      table.insert(keys, store.key("rate:", name, whose))
      -- More recipients than the bucket holds would be deferred for ever.
      table.insert(arguments, math.min(mails, per_hour) * HOUR_MS / per_hour)
    end
  end
  local sender = ((task:get_from("smtp") or {})[1] or {}).addr or ""
  local all = 0
  for label, recipients in pairs(boringmail.tenants(task)) do
    local own = (settings.tenants or {})[label] or {}
    add("tenant", label, recipients, own.mails_per_hour or settings.tenant_mails_per_hour)
    all = all + recipients
  end
  -- Bounces have no sender, and are many senders'.
  if sender ~= "" then
    add("sender", sender:lower(), all, settings.sender_mails_per_hour)
  end
  add("network", boringmail.network(task), all, settings.network_mails_per_hour)
  return names, keys, arguments
end

local TEXT = {
  tenant = "Too much mail for this recipient's domain at the moment: please try again later",
  sender = "Too much mail from this sender at the moment: please try again later",
  network = "Too much mail from your network at the moment: please try again later",
}

rspamd_config:register_symbol({
  name = "RATE_LIMIT",
  type = "prefilter",
  priority = 10,
  flags = "empty,nostat",
  callback = function(task)
    if not boringmail.is_from_outside(task) then
      return
    end
    local names, keys, arguments = limits(task)
    if #keys == 0 then
      return
    end
    store.run(task, TAKE, keys, arguments, function(full)
      local name = names[tonumber(full) or 0]
      if name then
        rspamd_logger.messagex(task, "event=rate_limited queue_id=%s limit=%s client=%s",
          task:get_queue_id() or "none", name, task:get_from_ip():to_string())
        task:set_pre_result("soft reject", TEXT[name], "boringmail")
      end
    end)
  end,
})
