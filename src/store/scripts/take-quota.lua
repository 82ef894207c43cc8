#!lua
-- Counts a request that is about to be made as one of a person's open requests, unless they have as many as they may.
-- KEYS  1 open requests of the person, by the time at which they were counted
-- ARGV  1 request  2 most open requests  3 ms after which all of them are forgotten
-- Answers  {'taken' | 'full'}
local requests_key = KEYS[1]
local request, most, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('ZCARD', requests_key) >= most then
  return { 'full' }
end
local time = redis.call('TIME')
redis.call('ZADD', requests_key, tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), request)
redis.call('PEXPIRE', requests_key, kept_ms)
return { 'taken' }
