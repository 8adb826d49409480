"""The deliveries of webhooks, as Lua scripts that Redis runs atomically.

A delivery is part of its job's hash, so it goes when the job goes: `webhook_url`; once the job has
ended `webhook_next` (ms) and an entry in the sorted set of what is due; `webhook_attempts`, one
`ms:code` for each attempt, the code an HTTP status or an error's name; at last `webhook_status`.

A courier that claims a delivery moves it to when its lease ends, so that nobody else finds it due
before, and leaves a token, `ms:nonce`, without which nothing can be settled. A token that is still
there when the lease has ended tells of a courier that was lost.
"""

from __future__ import annotations

from typing import Final

from shared.store import keys

_COMMON: Final = f"""
local due = KEYS[1]
local jobs = '{keys.JOB}'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function record(job, token, code)
  local entry = string.match(token, '^%d+') .. ':' .. code
  local past = redis.call('HGET', job, 'webhook_attempts')
  local all = past and past .. ',' .. entry or entry
  redis.call('HSET', job, 'webhook_attempts', all)
  return all
end

local function finish(id, job, status)
  redis.call('HSET', job, 'webhook_status', status)
  redis.call('HDEL', job, 'webhook_next', 'webhook_claim')
  redis.call('ZREM', due, id)
end

local function gone(owner, url)
  return '{keys.WEBHOOK_GONE}' .. redis.sha1hex(owner .. '\\n' .. url)
end
"""

# KEYS: due. ARGV: how many at most, lease ms, a nonce, how many attempts a delivery may have.
# Returns {job id, token, owner, URL, history, attempts, request id, traceparent} for each claimed.
CLAIM: Final = (
    _COMMON
    + """
local claimed = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[1])) do
  local job = jobs .. id
  local it = redis.call('HMGET', job, 'owner', 'webhook_url', 'history', 'webhook_attempts',
                        'webhook_claim', 'request_id', 'traceparent')
  local attempts = it[4] or ''
  if it[2] and it[5] then attempts = record(job, it[5], 'courier_lost') end
  local _, count = string.gsub(attempts, ':', ':')
  if not it[2] then
    redis.call('ZREM', due, id)
  elseif redis.call('EXISTS', gone(it[1], it[2])) == 1 then
    finish(id, job, 'skipped')
  elseif count >= tonumber(ARGV[4]) then
    finish(id, job, 'failed')
  else
    local token = string.format('%d', now) .. ':' .. ARGV[3]
    redis.call('ZADD', due, now + ARGV[2], id)
    redis.call('HSET', job, 'webhook_claim', token)
    claimed[#claimed + 1] = {id, token, it[1], it[2], it[3], attempts, it[6] or '', it[7] or ''}
  end
end
return claimed
"""
)

# KEYS: due. ARGV: job id, token, code (empty: there was no attempt), then 'pending' and ms until
# the next attempt; or a final status and for how many seconds nobody is to call the URL, 0: they
# may. Returns whether the claim still stood.
SETTLE: Final = (
    _COMMON
    + """
local id, token = ARGV[1], ARGV[2]
local job = jobs .. id
local it = redis.call('HMGET', job, 'webhook_claim', 'owner', 'webhook_url')
if it[1] ~= token then return 0 end
if ARGV[3] ~= '' then record(job, token, ARGV[3]) end
if ARGV[4] == 'pending' then
  local next = now + ARGV[5]
  redis.call('HDEL', job, 'webhook_claim')
  redis.call('HSET', job, 'webhook_next', string.format('%d', next))
  redis.call('ZADD', due, next, id)
else
  finish(id, job, ARGV[4])
  if tonumber(ARGV[5]) > 0 then
    redis.call('SET', gone(it[2], it[3]), 1, 'EX', ARGV[5])
  end
end
return 1
"""
)
