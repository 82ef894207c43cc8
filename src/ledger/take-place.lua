#!lua
-- Keeps a place for an open request of a person, where there is one left.
-- KEYS  1 places of the person, by the time that they were taken
-- ARGV  1 request  2 most places  3 ms after which all of them are given up
-- Answers  {'taken' | 'full'}
local places_key = KEYS[1]
local request, most, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('ZCARD', places_key) >= most then
  return { 'full' }
end
local time = redis.call('TIME')
redis.call('ZADD', places_key, tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), request)
redis.call('PEXPIRE', places_key, kept_ms)
return { 'taken' }
