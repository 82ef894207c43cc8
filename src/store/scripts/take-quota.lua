#!lua
-- Takes one of a bounded number of places, unless all are taken.
-- KEYS  1 places, by the time at which each was taken
-- ARGV  1 who takes one  2 how many there are  3 ms after which all of them are forgotten
-- Answers  {'taken' | 'full'}
local places_key = KEYS[1]
local taker, most, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('ZCARD', places_key) >= most then
  return { 'full' }
end
local time = redis.call('TIME')
redis.call('ZADD', places_key, tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), taker)
redis.call('PEXPIRE', places_key, kept_ms)
return { 'taken' }
