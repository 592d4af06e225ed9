-- Inbound: does the client's address have a name that leads back to it (RFC 8601 2.7.3, "iprev")? Postfix has asked
-- and gives the name when it does; here it is found out why when it does not.
local boringmail = require "boringmail"

local NOT_FOUND = { ["requested record is not found"] = true, ["no records with this name"] = true }

local function callback(task)
  if boringmail.is_outbound(task) or boringmail.is_handover(task) then
    return
  end
  local ip = task:get_from_ip()
  if not ip or not ip:is_valid() then
    return
  end
  -- Not task:get_hostname(): a rule of Rspamd's puts the first PTR there, led back or not.
  local name = tostring(task:get_request_header("Hostname") or "")
  -- Postfix writes [192.0.2.1] for a client without such a name.
  if name:match("^[%w._-]+$") and name ~= "unknown" then
    task:insert_result("IPREV_PASS", 1.0, name)
    return
  end
  task:get_resolver():resolve_ptr({
    task = task,
    name = ip:to_string(),
    callback = function(_, _, names, problem)
      if names and names[1] then
        task:insert_result("IPREV_FAIL", 1.0, names[1])
      elseif problem and not NOT_FOUND[problem] then
        task:insert_result("IPREV_TEMPERROR", 1.0)
      else
        task:insert_result("IPREV_PERMERROR", 1.0)
      end
    end,
  })
end

local id = rspamd_config:register_symbol({
  name = "IPREV_CHECK",
  type = "callback",
  callback = callback,
  flags = "empty,nostat",
  group = "policies",
})
for name, score in pairs({ PASS = 0.0, FAIL = 1.0, TEMPERROR = 0.0, PERMERROR = 1.0 }) do
  rspamd_config:register_symbol({
    name = "IPREV_" .. name,
    type = "virtual",
    parent = id,
    score = score,
    group = "policies",
  })
end
