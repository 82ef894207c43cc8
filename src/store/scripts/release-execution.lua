#!lua
-- Removes what is stored for an execution (the limit in force, or the change under way), unless it has changed meanwhile.
-- KEYS  1 hash of all executions
-- ARGV  1 execution  2 value expected
-- Answers  1, or 0 where another value is stored, or none
local executions_key = KEYS[1]
local execution, expected = ARGV[1], ARGV[2]
if redis.call('HGET', executions_key, execution) ~= expected then
  return 0
end
return redis.call('HDEL', executions_key, execution)
