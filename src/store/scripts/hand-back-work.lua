#!lua
-- Turns work that no worker was given yet into timers that are due now.
-- KEYS  1 stream  2 timers
-- ARGV  1 consumer group  2 now in ms ('' = Redis's clock)  3 most to hand back
-- Answers  how many were handed back
local stream_key, timers_key = KEYS[1], KEYS[2]
local group, given_ms, most = ARGV[1], ARGV[2], ARGV[3]

local now_ms = given_ms
if now_ms == '' then
  local time = redis.call('TIME')
  now_ms = string.format('%d', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

local last
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', stream_key)) do
  local found = {}
  for place = 1, #fields, 2 do
    found[fields[place]] = fields[place + 1]
  end
  if found.name == group then
    last = found['last-delivered-id']
  end
end
if not last then
  return 0
end
local entries = redis.call('XRANGE', stream_key, '(' .. last, '+', 'COUNT', most)
for _, entry in ipairs(entries) do
  redis.call('ZADD', timers_key, 'LT', now_ms, entry[2][2] or '')
  redis.call('XDEL', stream_key, entry[1])
end
return #entries
