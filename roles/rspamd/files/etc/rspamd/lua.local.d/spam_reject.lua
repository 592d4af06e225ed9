-- Inbound: refuses what is spam beyond doubt, when its recipients' tenants want that (`rspamd_reject_score`,
-- `rspamd_tenants`). In Postfix's session, so that the sender's own server tells the sender: nobody else gets a bounce.
local boringmail = require "boringmail"

local function callback(task)
  if not boringmail.is_from_outside(task) or task:has_pre_result() then
    return
  end
  local _, reject = boringmail.thresholds(task)
  if task:get_metric_score()[1] >= reject then
    task:set_pre_result("reject", "This mail is taken for spam here", "boringmail")
  end
end

rspamd_config:register_symbol({
  name = "SPAM_REJECT",
  type = "postfilter",
  callback = callback,
  priority = 11, -- after own_domain.lua
  flags = "empty,nostat",
})
