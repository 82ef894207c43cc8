#!lua
-- Writes under the same conditions as a commit, to see whether Redis accepts it, and finds the oldest work that no live worker has.
-- KEYS  1 probe  2 outbox  3 timers  4… the other keys that a commit may write
-- ARGV  1 process  2 probe's seconds to live  3 consumer group  4 ms after which a claim counts as abandoned
--       5 most entries to look at  6… for each key, in their order: the type that it must have if it exists
-- Answers  {'wrong-type', key, type found, type needed}
--          {'proven', time in ms, ms since the oldest such work was touched ('' = there is none), its effect,
--           first timer ('' = none), its due ms}

local probe_key, outbox_key, timers_key = KEYS[1], KEYS[2], KEYS[3]
local process, probe_seconds, group = ARGV[1], ARGV[2], ARGV[3]
local old_claim_ms, most = tonumber(ARGV[4]), tonumber(ARGV[5])

for place, key in ipairs(KEYS) do
  local found, needed = redis.call('TYPE', KEYS[place]).ok, ARGV[5 + place]
  if found ~= 'none' and found ~= needed then
    return { 'wrong-type', key, found, needed }
  end
end
redis.call('SET', probe_key, process, 'EX', probe_seconds)

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function ms_of(entry)
  return tonumber(string.match(entry, '^%d+'))
end

-- Settled work is deleted, so an entry is either claimed by a worker or waits for one.
local pending = redis.pcall('XPENDING', outbox_key, group, '-', '+', most)
local idle_of, known_to_ms = {}, math.huge
if not pending.err then
  for _, claim in ipairs(pending) do
    idle_of[claim[1]] = claim[3]
  end
  if #pending == most then
    known_to_ms = ms_of(pending[most][1])
  end
end
local oldest_ms, oldest = -1, ''
for _, entry in ipairs(redis.call('XRANGE', outbox_key, '-', '+', 'COUNT', most)) do
  local idle, age = idle_of[entry[1]], now_ms - ms_of(entry[1])
  local untouched = idle and (idle >= old_claim_ms and idle or -1) or (age >= 0 and age or 0)
  if untouched > oldest_ms and (idle or ms_of(entry[1]) <= known_to_ms) then
    oldest_ms, oldest = untouched, entry[2][2] or ''
  end
end

local timer = redis.call('ZRANGE', timers_key, 0, 0, 'WITHSCORES')
local touched_ms = oldest_ms < 0 and '' or string.format('%d', oldest_ms)
return { 'proven', string.format('%d', now_ms), touched_ms, oldest, timer[1] or '', timer[2] or '' }
