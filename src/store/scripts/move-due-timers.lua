#!lua
-- Moves the timers that are due to the streams of their kinds. One of a kind that is not known here is left to a worker that
-- knows it; when it was due for too long, or can't be read, it becomes a dead letter.
-- KEYS  1 timers  2 dead letters  3… streams
-- ARGV  1 kinds: JSON, the place among the streams by kind  2 now in ms ('' = Redis's clock)  3 most to move
--       4 ms for which a kind that is not known waits  5 most dead letters
-- Answers  {Redis's clock in ms, how many were moved, how many became dead letters}
local timers_key, dead_key = KEYS[1], KEYS[2]
local kinds, given_ms, most = cjson.decode(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local most_unknown_ms, most_dead = tonumber(ARGV[4]), ARGV[5]
local PAGE = 200

local time = redis.call('TIME')
local redis_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local now_ms = tonumber(given_ms) or redis_ms
local moved, dead, passed = 0, 0, 0

local function kind_of(work)
  local is_read, value = pcall(cjson.decode, work)
  local kind = is_read and type(value) == 'table' and value.kind
  return type(kind) == 'string' and kind or nil
end

local function end_as_dead(work, why)
  redis.call('XADD', dead_key, 'MAXLEN', most_dead, '*', 'e', work, 'why', why)
  redis.call('ZREM', timers_key, work)
  dead = dead + 1
end

local function stream_of(kind)
  local at = kinds[kind] + 2
  return KEYS[at]
end

-- Those that are left lie before what is due next: they are passed over, a page at a time.
while moved < most do
  local due = redis.call('ZRANGEBYSCORE', timers_key, '-inf', string.format('%d', now_ms), 'WITHSCORES', 'LIMIT', passed, PAGE)
  for place = 1, #due, 2 do
    local work, due_ms = due[place], tonumber(due[place + 1])
    local kind = kind_of(work)
    if not kind then
      end_as_dead(work, 'it is no work that can be read')
    elseif kinds[kind] and moved < most then
      redis.call('XADD', stream_of(kind), '*', 'e', work)
      redis.call('ZREM', timers_key, work)
      moved = moved + 1
    elseif not kinds[kind] and now_ms - due_ms >= most_unknown_ms then
      end_as_dead(work, 'no worker knows this kind')
    else
      passed = passed + 1
    end
  end
  if #due < 2 * PAGE then
    break
  end
end
return { string.format('%d', redis_ms), moved, dead }
