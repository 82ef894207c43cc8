#!lua
-- Says which policy a bot goes by, and answers which ones the others do: in one step, and by the clock of Redis alone.
-- KEYS  1 bots  2 text of this bot's policy
-- ARGV  1 bot  2 digest of its policy  3 ms after which a bot that says nothing counts as gone
-- Answers  {'kept' | 'missing' (the text), digest of another bot's policy, …}
local bots_key, text_key = KEYS[1], KEYS[2]
local bot, digest, heard_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { redis.call('EXISTS', text_key) == 1 and 'kept' or 'missing' }

redis.call('HSET', bots_key, bot, cjson.encode({ digest = digest, at = now_ms }))
local all = redis.call('HGETALL', bots_key)
for place = 1, #all, 2 do
  local read, other = pcall(cjson.decode, all[place + 1])
  local whole = read and type(other) == 'table' and type(other.digest) == 'string' and type(other.at) == 'number'
  if not whole or now_ms - other.at > heard_ms then
    redis.call('HDEL', bots_key, all[place])
  else
    -- A bot that says so by a clock of its own, which is ahead, would count for ever.
    if other.at > now_ms then
      redis.call('HSET', bots_key, all[place], cjson.encode({ digest = other.digest, at = now_ms }))
    end
    if other.digest ~= digest then
      answer[#answer + 1] = other.digest
    end
  end
end
return answer
