#!lua
-- Removes workers that are gone from the consumer group. A worker with pending work stays until another worker has taken the
-- work over: Redis deletes it together with its consumer.
-- KEYS  1 stream
-- ARGV  1 consumer group  2 ms without a command after which a worker counts as gone
-- Answers  how many were removed
local stream_key = KEYS[1]
local group, gone_ms = ARGV[1], tonumber(ARGV[2])
local consumers = redis.pcall('XINFO', 'CONSUMERS', stream_key, group)
-- Before the first worker there is no group.
if consumers.err and string.find(consumers.err, '^NOGROUP') then
  return 0
elseif consumers.err then
  return consumers
end
local dropped = 0
for _, fields in ipairs(consumers) do
  local consumer = {}
  for place = 1, #fields, 2 do
    consumer[fields[place]] = fields[place + 1]
  end
  if consumer.pending == 0 and consumer.idle >= gone_ms then
    redis.call('XGROUP', 'DELCONSUMER', stream_key, group, consumer.name)
    dropped = dropped + 1
  end
end
return dropped
