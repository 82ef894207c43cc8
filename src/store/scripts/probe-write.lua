#!lua
-- Writes under the same conditions as a commit, to see whether Redis accepts it, and finds in each stream the oldest work that no
-- live worker has.
-- KEYS  1 probe  2 timers  3 dead letters  4… streams, then the other keys that a commit may write
-- ARGV  1 process  2 probe's seconds to live  3 consumer group  4 ms after which a claim counts as abandoned
--       5 most entries to look at  6 kinds: JSON, the place among the streams by kind  7 how many streams
--       8… for each key, in their order: the type that it must have if it exists
-- Answers  {'wrong-type', key, type found, type needed}
--          {'proven', time in ms, how many dead letters, for each stream: ms since the oldest such work was touched
--           ('' = there is none), its effect, first timer of a known kind ('' = none), its due ms}

local probe_key, timers_key, dead_key = KEYS[1], KEYS[2], KEYS[3]
local process, probe_seconds, group = ARGV[1], ARGV[2], ARGV[3]
local old_claim_ms, most, kinds = tonumber(ARGV[4]), tonumber(ARGV[5]), cjson.decode(ARGV[6])
local streams = tonumber(ARGV[7])
local first_stream, last_stream = 4, 3 + streams

for place, key in ipairs(KEYS) do
  local found, needed = redis.call('TYPE', KEYS[place]).ok, ARGV[7 + place]
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
local function oldest_in(stream_key)
  local pending = redis.pcall('XPENDING', stream_key, group, '-', '+', most)
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
  for _, entry in ipairs(redis.call('XRANGE', stream_key, '-', '+', 'COUNT', most)) do
    local idle, age = idle_of[entry[1]], now_ms - ms_of(entry[1])
    local untouched = idle and (idle >= old_claim_ms and idle or -1) or (age >= 0 and age or 0)
    if untouched > oldest_ms and (idle or ms_of(entry[1]) <= known_to_ms) then
      oldest_ms, oldest = untouched, entry[2][2] or ''
    end
  end
  return oldest_ms < 0 and '' or string.format('%d', oldest_ms), oldest
end

-- By the place of their streams. What is of no known kind waits for a worker that knows it.
local first_timers = {}
local timers = redis.call('ZRANGE', timers_key, 0, most - 1, 'WITHSCORES')
for place = 1, #timers, 2 do
  local is_read, value = pcall(cjson.decode, timers[place])
  local kind = is_read and type(value) == 'table' and type(value.kind) == 'string' and value.kind or ''
  local stream = kinds[kind]
  if stream and not first_timers[stream] then
    first_timers[stream] = { timers[place], timers[place + 1] }
  end
end

local answer = { 'proven', string.format('%d', now_ms), string.format('%d', redis.call('XLEN', dead_key)) }
for at = first_stream, last_stream do
  local touched_ms, oldest = oldest_in(KEYS[at])
  local timer = first_timers[at - first_stream + 1] or { '', '' }
  for _, value in ipairs({ touched_ms, oldest, timer[1], timer[2] }) do
    table.insert(answer, value)
  end
end
return answer
