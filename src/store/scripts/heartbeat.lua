#!lua
-- Tells the other bots which policy a bot decides by, and answers which ones they decide by. Redis's clock alone counts.
-- KEYS  1 bots  2 text of this bot's policy
-- ARGV  1 bot  2 digest of its policy  3 ms without a heartbeat after which a bot counts as gone
-- Answers  {'kept' | 'missing' (the text), digest of another bot's policy, …}
local bots_key, text_key = KEYS[1], KEYS[2]
local bot, digest, gone_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { redis.call('EXISTS', text_key) == 1 and 'kept' or 'missing' }

redis.call('HSET', bots_key, bot, cjson.encode({ digest = digest, at = now_ms }))
local all = redis.call('HGETALL', bots_key)
for place = 1, #all, 2 do
  local parsed, other = pcall(cjson.decode, all[place + 1])
  local valid = parsed and type(other) == 'table' and type(other.digest) == 'string' and type(other.at) == 'number'
  if not valid or now_ms - other.at > gone_ms then
    redis.call('HDEL', bots_key, all[place])
  else
    -- A time in the future would keep a bot in the list for as long.
    if other.at > now_ms then
      redis.call('HSET', bots_key, all[place], cjson.encode({ digest = other.digest, at = now_ms }))
    end
    if other.digest ~= digest then
      answer[#answer + 1] = other.digest
    end
  end
end
return answer
