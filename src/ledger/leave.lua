#!lua
-- Nothing stands on an execution any more, unless another limit came into force there meanwhile.
-- KEYS  1 limits in force
-- ARGV  1 execution  2 limit in force expected
-- Answers  1, or 0 where another one stands there, or none
local in_force_key = KEYS[1]
local execution, expected = ARGV[1], ARGV[2]
if redis.call('HGET', in_force_key, execution) ~= expected then
  return 0
end
return redis.call('HDEL', in_force_key, execution)
