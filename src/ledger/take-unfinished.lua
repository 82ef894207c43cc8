#!lua
-- Gives interactions whose bots are gone to one other bot alone, by the clock of Redis. They stay until that one ends them: it
-- may be killed too.
-- KEYS  1 interactions that are not done
-- ARGV  1 ms after which a bot that says nothing counts as gone  2 most to give
-- Answers  the entries
local unfinished_key = KEYS[1]
local stale_ms, most = tonumber(ARGV[1]), ARGV[2]
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stale = redis.call('ZRANGEBYSCORE', unfinished_key, '-inf', now_ms - stale_ms, 'LIMIT', 0, most)
for _, entry in ipairs(stale) do
  redis.call('ZADD', unfinished_key, now_ms, entry)
end
return stale
