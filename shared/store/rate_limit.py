"""How many requests a key may send: GCRA, the generic cell rate algorithm (ITU-T I.371), in Lua.

A key with a limit of n a minute has room for n requests at once, and each 60 s / n makes room for
one more: in any span of time it is let through n plus what the span makes room for, and never more.
"""

from __future__ import annotations

from typing import Final

# Times in whole microseconds, so that the arithmetic is exact. `full` is when the key's room will
# be whole again (nil: it is). Returns the new `full`, whether to let the request through, how many
# more would be let through now, and how long until there is room for one more than that.
TAKE: Final = """
local function interval_of(limit)
  return math.ceil(60000000 / limit)
end

local function take(full, now, limit)
  local interval = interval_of(limit)
  local whole = limit * interval
  -- Not later than now + whole: the limit was lowered, or the clock was set back.
  full = math.min(math.max(full or now, now), now + whole)
  local room = now + whole - full
  local through = room >= interval
  if through then
    full = full + interval
    room = room - interval
  end
  return full, through, math.floor(room / interval), interval - room % interval
end
"""
