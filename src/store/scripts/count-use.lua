#!lua
-- Counts one use in two sets with a sliding window each, by Redis's clock, or in neither where one is full. The same use again
-- is counted once.
-- KEYS  1 first set of uses  2 second set  3 marker that the first was found full  4 marker of the second
-- ARGV  1 use  2 window, ms  3 most in the first set  4 most in the second ('' = the first alone counts)
-- Answers  {'counted'} | {'over', 1 | 2 (the set that is full), ms to wait, 'first' (there was no marker) | 'again', now in ms}
local first_key, second_key, first_full_key, second_full_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local use, window_ms, first_most, second_most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function over(key, most, full_key, set)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now_ms - window_ms)
  -- Redis's clock went backwards since then: what is in the future does not count.
  redis.call('ZREMRANGEBYSCORE', key, '(' .. string.format('%d', now_ms + window_ms), '+inf')
  local count = redis.call('ZCARD', key)
  if count < most then
    return nil
  end
  -- Where fewer are allowed than before, more than one use has to leave the window.
  local last = redis.call('ZRANGE', key, count - most, count - most, 'WITHSCORES')
  local wait_ms = math.min(window_ms, math.max(1, tonumber(last[2]) + window_ms - now_ms))
  if redis.call('PTTL', full_key) > window_ms then
    redis.call('DEL', full_key)
  end
  local is_first = redis.call('SET', full_key, '1', 'PX', window_ms, 'NX')
  return { 'over', set, wait_ms, is_first and 'first' or 'again', string.format('%d', now_ms) }
end

local function add(key)
  redis.call('ZADD', key, now_ms, use)
  redis.call('PEXPIRE', key, window_ms)
end

if redis.call('ZSCORE', first_key, use) then
  return { 'counted' }
end
local full = over(first_key, first_most, first_full_key, 1)
if not full and second_most then
  full = over(second_key, second_most, second_full_key, 2)
end
if full then
  return full
end
add(first_key)
if second_most then
  add(second_key)
end
return { 'counted' }
