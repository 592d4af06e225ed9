-- What our rules remember, in Valkey: one request each, in a script, so that nobody comes between. Without a store, and
-- while it does not answer, a rule goes on as if it knew nothing.
local lua_redis = require "lua_redis"
local rspamd_hash = require "rspamd_cryptobox_hash"

local M = {}

local server = lua_redis.parse_redis_server("boringmail")

M.available = server ~= nil

-- A key of a fixed length: what senders write makes no long ones, and who wrote to whom cannot be read in the store.
function M.key(prefix, ...)
  local hash = rspamd_hash.create()
  for _, part in ipairs({ ... }) do
    hash:update(#part .. ":" .. part)
  end
  return prefix .. hash:base32():sub(1, 24)
end

-- Runs a script with keys and arguments; `answered` gets what it returns, and is not called when there is no answer.
function M.run(task, script, keys, arguments, answered)
  local request = { script, tostring(#keys) }
  for _, list in ipairs({ keys, arguments }) do
    for _, value in ipairs(list) do
      table.insert(request, tostring(value))
    end
  end
  lua_redis.redis_make_request(task, server, keys[1], true, function(problem, data)
    if not problem and answered then
      answered(data)
    end
  end, "EVAL", request)
end

return M
