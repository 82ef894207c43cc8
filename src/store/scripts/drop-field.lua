#!lua
-- Removes a field of a hash, unless its value has changed meanwhile.
-- KEYS  1 hash
-- ARGV  1 field  2 value expected
-- Answers  1, or 0 where it has another value, or is not there
local hash_key = KEYS[1]
local field, expected = ARGV[1], ARGV[2]
if redis.call('HGET', hash_key, field) ~= expected then
  return 0
end
return redis.call('HDEL', hash_key, field)
