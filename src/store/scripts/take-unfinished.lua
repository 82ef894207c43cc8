#!lua
-- Hands what processes that are gone have begun to one other process. Redis's clock alone counts. It stays in the list until that
-- process has ended it, since it may be killed too.
-- KEYS  1 what is not done
-- ARGV  1 ms without a renewal after which a process counts as gone  2 most to hand out
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
