"""The transitions of a job, as Lua scripts that Redis runs atomically.

Every script takes KEYS = job, recording, queued, running, sizes, bytes (`keys_of`) and ARGV[1] =
job id, and reads the time from Redis, so that there is one clock. A job changes its state in
exactly one place, the function `become`, which also writes its history and tells who waits for it.
It ends in exactly one place, the function `finish`: it deletes the recording first, which frees
memory before anything is written and so works when Redis is full, and it makes the job's webhook
due (`webhook_scripts.py`), so that none can be forgotten.
"""

from __future__ import annotations

from typing import Final

from shared.job import JobId
from shared.queue import QUEUE
from shared.store import keys
from shared.store.room_scripts import PICTURE_ROOM, WAITING_ROOM


def keys_of(job_id: JobId) -> list[str]:
    """The KEYS of every script."""
    own = [keys.job_key(job_id), keys.recording_key(job_id)]
    return [*own, keys.QUEUED, keys.RUNNING, keys.SIZES, keys.BYTES]


_COMMON: Final = f"""
{WAITING_ROOM}{PICTURE_ROOM}
local job, recording, queued, running, sizes, bytes = unpack(KEYS)
local id = ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function tell()
  redis.call('PUBLISH', '{keys.CHANGES}', id)
end

local function become(status)
  local entry = status .. ':' .. string.format('%d', now)
  local past = redis.call('HGET', job, 'history')
  redis.call('HSET', job, 'status', status, 'history', past and past .. ',' .. entry or entry)
  if past then tell() end  -- nobody can wait for what has just begun to be
end

local function forget(ttl)
  redis.call('DEL', recording)
  local size = redis.call('HGET', sizes, id)
  if size then
    redis.call('HDEL', sizes, id)
    if redis.call('DECRBY', bytes, size) <= 0 then redis.call('DEL', bytes) end
    local owner, batch = unpack(redis.call('HMGET', job, 'owner', 'batch'))
    if owner then vacate(owner, size) end
    if batch and redis.call('HINCRBY', batch, 'open', -1) <= 0 then
      redis.call('EXPIRE', batch, ttl)
    end
  end
  redis.call('ZREM', queued, id)
  redis.call('ZREM', running, id)
end

local function finish(status, ttl, field, value)
  forget(ttl)
  if field then redis.call('HSET', job, field, value) end
  become(status)
  redis.call('HDEL', job, 'attempt', 'cancel')
  if redis.call('HEXISTS', job, 'webhook_url') == 1 then
    redis.call('HSET', job, 'webhook_next', string.format('%d', now))
    redis.call('ZADD', '{keys.WEBHOOKS_DUE}', now, id)
  end
  redis.call('EXPIRE', job, ttl)
end
"""

# ARGV: id, max waiting, max bytes of recordings, recording ttl s, result ttl s, owner, recording,
# idempotency key ('': none), its reservation, fingerprint, batch ('': none), its place in there,
# message ('': none), then the job's other fields and values. Returns the time in ms; or, when
# nothing is stored, 0: full, -1: the idempotency key is another request's, -2: this owner has as
# much waiting as is left for others.
CREATE: Final = (
    _COMMON
    + f"""
local past = redis.call('HGET', job, 'history')  -- of the same call, whose answer was lost
if past then return tonumber(string.match(past, ':(%d+)')) end
local once, theirs = ARGV[8], '{keys.JOBS_OF}' .. ARGV[6]
if once ~= '' then
  local value = redis.call('GET', once)
  if value and value ~= ARGV[9] then return -1 end
end
local held = tonumber(redis.call('GET', bytes) or '0')
local places, room = ARGV[2] - redis.call('ZCARD', queued), ARGV[3] - held
if places < 1 or room < #ARGV[7] then return 0 end
if takes_too_much(ARGV[6], #ARGV[7], places, room) then return -2 end
redis.call('SET', recording, ARGV[7], 'EX', ARGV[4])
redis.call('HSET', sizes, id, #ARGV[7])
redis.call('INCRBY', bytes, #ARGV[7])
occupy(ARGV[6], #ARGV[7])
redis.call('HSET', job, 'owner', ARGV[6], unpack(ARGV, 14))
become('queued')
redis.call('ZADD', queued, now, id)
local kept = ARGV[4] + ARGV[5]  -- a job is there for no longer
redis.call('ZADD', theirs, now, id)
redis.call('ZREMRANGEBYSCORE', theirs, '-inf', now - kept * 1000)
redis.call('EXPIRE', theirs, kept)
if once ~= '' then
  redis.call('SET', once, id .. ':' .. ARGV[10], 'EX', ARGV[5])
  redis.call('HSET', job, 'idempotency', once)
end
if ARGV[11] ~= '' then
  redis.call('HSET', ARGV[11], ARGV[12], id)
  redis.call('HINCRBY', ARGV[11], 'open', 1)
  redis.call('PERSIST', ARGV[11])
  redis.call('HSET', job, 'batch', ARGV[11])
end
if ARGV[13] ~= '' then redis.call('LPUSH', '{QUEUE}', ARGV[13]) end
return now
"""
)

# ARGV: id, owner, result ttl s. Returns whether the owner had such a job.
DELETE: Final = (
    _COMMON
    + f"""
if redis.call('HGET', job, 'owner') ~= ARGV[2] then return 0 end
forget(ARGV[3])
local once = redis.call('HGET', job, 'idempotency')
if once and string.find(redis.call('GET', once) or '', id, 1, true) == 1 then
  redis.call('DEL', once)
end
redis.call('ZREM', '{keys.JOBS_OF}' .. ARGV[2], id)
redis.call('ZREM', '{keys.WEBHOOKS_DUE}', id)
redis.call('DEL', job)
drop_pictures(id)
tell()
return 1
"""
)

# ARGV: id, attempt token, max deliveries, result ttl s, worker lost (JSON), expired (JSON),
# worker. Returns {outcome} or {'begun', recording, format, model name, model version, '1' or nil:
# whether pictures are wanted, ms since it was accepted, which delivery this is}.
BEGIN: Final = (
    _COMMON
    + f"""
redis.call('ZREM', queued, id)  -- first: a script that has freed may go on writing when full
redis.call('ZADD', '{keys.WORKERS}', now, ARGV[7])
local state = redis.call('HMGET', job, 'status', 'deliveries', 'format', 'model_name',
                         'model_version', 'cancel', 'pictures', 'history')
if not state[1] then
  forget(ARGV[4])
  return {{'gone'}}
end
if state[1] ~= 'queued' and state[1] ~= 'running' then return {{'ended'}} end
if state[6] then
  finish('canceled', ARGV[4])
  return {{'canceled'}}
end
if tonumber(state[2] or '0') >= tonumber(ARGV[3]) then
  finish('failed', ARGV[4], 'error', ARGV[5])
  return {{'lost'}}
end
local audio = redis.call('GET', recording)
if not audio then
  finish('failed', ARGV[4], 'error', ARGV[6])
  return {{'expired'}}
end
redis.call('ZADD', running, now, id)
redis.call('HSET', job, 'attempt', ARGV[2])
local delivery = redis.call('HINCRBY', job, 'deliveries', 1)
become('running')
local waited = now - string.match(state[8], ':(%d+)')
return {{'begun', audio, state[3], state[4], state[5], state[7], waited, delivery}}
"""
)

# ARGV: id, attempt token or its prefix, result ttl s, max bytes of pictures, status, and but for
# `canceled` a field and its value, then the pictures' fields and values. Returns whether the job
# has ended so: a late or doubled attempt changes nothing, and one whose job is to be canceled ends
# it as that, so that who was promised it gets it.
FINISH: Final = (
    _COMMON
    + """
local state = redis.call('HMGET', job, 'status', 'attempt', 'cancel', 'owner')
if state[1] ~= 'running' or string.sub(state[2], 1, #ARGV[2]) ~= ARGV[2] then return 0 end
if state[3] and ARGV[5] ~= 'canceled' then
  finish('canceled', ARGV[3])
  return 0
end
finish(ARGV[5], ARGV[3], ARGV[6], ARGV[7])
if ARGV[8] then keep_pictures(id, state[4], now, ARGV[3], ARGV[4], {unpack(ARGV, 8)}) end
return 1
"""
)

# ARGV: id, owner, result ttl s. Returns 'none', 'ended', 'canceled', or 'asked': the attempt under
# way is to end at its next step.
CANCEL: Final = (
    _COMMON
    + """
local state = redis.call('HMGET', job, 'owner', 'status')
if state[1] ~= ARGV[2] then return 'none' end
if state[2] == 'queued' then
  finish('canceled', ARGV[3])
  return 'canceled'
end
if state[2] ~= 'running' then return 'ended' end
redis.call('HSET', job, 'cancel', 1)
return 'asked'
"""
)

# KEYS: an idempotency key. ARGV: a reservation. Gives it back if it is still that one's.
RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""

# KEYS: a batch. ARGV: result ttl s, owner, number of files, then index and refusal (JSON) of each
# that became no job. From now on the batch can be read; it expires with the last job to end.
SEAL: Final = """
local clock = redis.call('TIME')
local now = string.format('%d', clock[1] * 1000 + math.floor(clock[2] / 1000))
redis.call('HSET', KEYS[1], 'created_at', now, 'owner', ARGV[2], 'count', ARGV[3], unpack(ARGV, 4))
if tonumber(redis.call('HGET', KEYS[1], 'open') or '0') <= 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
"""
