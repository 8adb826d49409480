"""Who takes how much room in Redis, as Lua that the scripts of a job (`scripts.py`) begin with.

Waiting: a key may have as many jobs that have not ended, and as many bytes of recordings, as are
left free. So one key takes half at most, and whatever many take, there is room for one more.
Pictures: those of all jobs together have a bound. Beyond it the oldest go of whoever keeps most.
"""

from __future__ import annotations

from typing import Final

from shared.store import keys

# `places` and `room` are what is free. Whoever comes without a key cannot be told from others.
WAITING_ROOM: Final = f"""
local function takes_too_much(owner, size, places, room)
  if owner == '' then return false end
  local jobs = tonumber(redis.call('HGET', '{keys.OPEN_JOBS}', owner) or '0')
  local held = tonumber(redis.call('HGET', '{keys.OPEN_BYTES}', owner) or '0')
  return jobs >= places or held + size > room
end

local function occupy(owner, size)
  redis.call('HINCRBY', '{keys.OPEN_JOBS}', owner, 1)
  redis.call('HINCRBY', '{keys.OPEN_BYTES}', owner, size)
end

local function vacate(owner, size)
  if redis.call('HINCRBY', '{keys.OPEN_JOBS}', owner, -1) <= 0 then
    redis.call('HDEL', '{keys.OPEN_JOBS}', owner)
    redis.call('HDEL', '{keys.OPEN_BYTES}', owner)
  else
    redis.call('HINCRBY', '{keys.OPEN_BYTES}', owner, -size)
  end
end
"""

# The book-keeping lives as long as the youngest of what it is about, and each owner's, too.
PICTURE_ROOM: Final = f"""
local function drop_pictures(id)
  redis.call('DEL', '{keys.PICTURES_OF}' .. id)
  local entry = redis.call('HGET', '{keys.PICTURE_SIZES}', id)
  if not entry then return end
  local size, owner = string.match(entry, '^(%d+):(.*)$')
  redis.call('HDEL', '{keys.PICTURE_SIZES}', id)
  redis.call('ZREM', '{keys.PICTURES_KEPT}', id)
  redis.call('ZREM', '{keys.PICTURES_KEPT_OF}' .. owner, id)
  if redis.call('DECRBY', '{keys.PICTURE_BYTES}', size) <= 0 then
    redis.call('DEL', '{keys.PICTURE_BYTES}')
  end
  if tonumber(redis.call('ZINCRBY', '{keys.PICTURE_OWNERS}', -size, owner)) <= 0 then
    redis.call('ZREM', '{keys.PICTURE_OWNERS}', owner)
  end
end

local function keep_pictures(id, owner, now, ttl, most, fields)
  local size = 0
  for place = 2, #fields, 2 do size = size + #fields[place] end
  redis.call('HSET', '{keys.PICTURES_OF}' .. id, unpack(fields))
  redis.call('EXPIRE', '{keys.PICTURES_OF}' .. id, ttl)
  local theirs = '{keys.PICTURES_KEPT_OF}' .. owner
  redis.call('HSET', '{keys.PICTURE_SIZES}', id, size .. ':' .. owner)
  redis.call('ZADD', '{keys.PICTURES_KEPT}', now + ttl * 1000, id)
  redis.call('ZADD', theirs, now + ttl * 1000, id)
  redis.call('INCRBY', '{keys.PICTURE_BYTES}', size)
  redis.call('ZINCRBY', '{keys.PICTURE_OWNERS}', size, owner)
  for _, key in ipairs({{'{keys.PICTURE_SIZES}', '{keys.PICTURES_KEPT}', theirs,
                        '{keys.PICTURE_BYTES}', '{keys.PICTURE_OWNERS}'}}) do
    redis.call('EXPIRE', key, ttl)
  end
  for _, expired in ipairs(redis.call('ZRANGEBYSCORE', '{keys.PICTURES_KEPT}', '-inf', now)) do
    drop_pictures(expired)
  end
  while tonumber(redis.call('GET', '{keys.PICTURE_BYTES}') or '0') > tonumber(most) do
    local greatest = redis.call('ZREVRANGE', '{keys.PICTURE_OWNERS}', 0, 0)[1]
    local oldest = redis.call('ZRANGE', '{keys.PICTURES_KEPT_OF}' .. greatest, 0, 0)[1]
    if redis.call('EXISTS', '{keys.JOB}' .. oldest) == 1 then
      redis.call('HSET', '{keys.JOB}' .. oldest, 'pictures', '{keys.DROPPED}')
    end
    drop_pictures(oldest)
  end
end
"""
