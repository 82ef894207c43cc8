#!lua
-- Counts one use by a person and in a channel, in a sliding window by Redis's clock. The same use again is counted once.
-- KEYS  1 uses of the person  2 uses in the channel  3 that a refusal of the person is on record  4 that one of the channel is
-- ARGV  1 use  2 window, ms  3 most of the person  4 most in the channel ('' = not in a channel)
-- Answers  {'counted'} | {'over', 'perUser' | 'perChannel', ms to wait, 'record' (none is yet) | 'recorded', now in ms}
local person_key, channel_key, person_refused_key, channel_refused_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local use, window_ms, person_most, channel_most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function over(key, most, refused_key, limit)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now_ms - window_ms)
  -- Redis's clock went backwards since then: what is in the future does not count.
  redis.call('ZREMRANGEBYSCORE', key, '(' .. string.format('%d', now_ms + window_ms), '+inf')
  local count = redis.call('ZCARD', key)
  if count < most then
    return nil
  end
  -- After the limit was lowered, more than one use has to leave the window.
  local last = redis.call('ZRANGE', key, count - most, count - most, 'WITHSCORES')
  local wait_ms = math.min(window_ms, math.max(1, tonumber(last[2]) + window_ms - now_ms))
  if redis.call('PTTL', refused_key) > window_ms then
    redis.call('DEL', refused_key)
  end
  local first = redis.call('SET', refused_key, '1', 'PX', window_ms, 'NX')
  return { 'over', limit, wait_ms, first and 'record' or 'recorded', string.format('%d', now_ms) }
end

local function add(key)
  redis.call('ZADD', key, now_ms, use)
  redis.call('PEXPIRE', key, window_ms)
end

if redis.call('ZSCORE', person_key, use) then
  return { 'counted' }
end
local refused = over(person_key, person_most, person_refused_key, 'perUser')
if not refused and channel_most then
  refused = over(channel_key, channel_most, channel_refused_key, 'perChannel')
end
if refused then
  return refused
end
add(person_key)
if channel_most then
  add(channel_key)
end
return { 'counted' }
