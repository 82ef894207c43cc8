#!lua
-- Renews a lock, or releases it, if its owner is still the same.
-- KEYS  1 lock
-- ARGV  1 owner's token  2 ms to live from now on (0 = release it)
-- Answers  1, or 0 where it has expired, or has another owner by now
local lock_key = KEYS[1]
local token, live_ms = ARGV[1], tonumber(ARGV[2])
if redis.call('GET', lock_key) ~= token then
  return 0
end
if live_ms == 0 then
  return redis.call('DEL', lock_key)
end
return redis.call('PEXPIRE', lock_key, live_ms)
