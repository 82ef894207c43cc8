#!lua
-- The one write: a batch of commits in their order, each of them whole or not at all. It stops at the first that can't be made.
-- Redis does not roll back, so all of a commit is checked before its first write, and the write that can fail comes first.
-- What a commit is about is not known here: it says what it expects to find and what to write, and names keys by their places.
--
-- KEYS  1 log  2 head of the log  3 stop: while it exists, nothing is written  4 turn  5 those who have it next
--       6… keys that the commits name
-- ARGV  1 the batch, as JSON: {id, seq, hash, writer, turnMs, takesTurn, seconds, types, commits}. A number in place of a text is
--       the argument in that place.
--           id            of the log, if its first record is among these
--           seq, hash     the last record that is expected in the log, its hash in hex
--           writer        whoever has the turn goes first: the others are told to wait
--           turnMs        how long a turn lasts; takesTurn: if the last record is another one, take it, or be next
--           seconds       for how long the answer of a commit is kept
--           types         list of {place, type}: nothing is written while one of these keys is of another type
--         a commit: {op, answer, claim, expect, records, at, write}
--           op            place of the key that makes a repeat harmless; answer: what it keeps
--           claim         {stream, group, entry, consumer, deliveries} under which the writer works, or nothing
--           expect        list of {kind, place, …}, any of the last values being good; '' is nothing there:
--                         {'string', place, {values}}  {'field', place, field, {values}}
--                         {'below', place, field, number}  {'record', seq, hash in hex}
--           records       list of {bytes, key id}; at: the time of the last one
--           write         one list of all, each as verb, place of its key, how many texts follow, these texts:
--                         {'set', value}  {'hset', field, value, …}  {'zadd', score, member}  {'zrem', member}
--                         {'xadd', field, value}  {'expire', seconds}  {'del', value}, {'hdel', field, value}: if it has this value
--       2 of all records in their order: hash and MAC, raw, 32 bytes each
--       3… texts that are long
-- Answers  one list for each commit, up to the first that was not made; without commits what would stop them, if anything:
--          {'committed'} | {'repeated', answer kept} | {'stopped'} | {'turn', ms that it lasts} | {'claim'}
--          {'head', id, seq, hash, time, hash at the seq expected (hex, '' = no such record)}
--          {'expected', place in its list, what was found} | {'failed', why}

local log_key, head_key, stop_key, turn_key, next_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local batch, seals = cjson.decode(ARGV[1]), ARGV[2]
local call = redis.call

local function text_of(value)
  return type(value) == 'number' and ARGV[value] or value
end

local function to_hex(raw)
  return string.format(string.rep('%02x', #raw), string.byte(raw, 1, -1))
end

local function hash_at(seq)
  local id = string.format('%d-0', seq)
  local entry = call('XRANGE', log_key, id, id)[1]
  -- A damaged one may be longer than Lua takes. Cut, it is no hash either.
  return entry and to_hex(string.sub(entry[2][4] or '', 1, 33)) or ''
end

local function is_among(found, values)
  for _, value in ipairs(values) do
    if value == found then
      return true, found
    end
  end
  return false, found
end

-- @include commit-parts/reads-and-writes.lua

-- By key: what it is, or will be once the commit at hand is made.
local known_types = {}

local function wrong_type(key, needed)
  local found = known_types[key] or call('TYPE', key).ok
  known_types[key] = found == 'none' and needed or found
  if known_types[key] ~= needed then
    return { 'failed', 'WRONGTYPE ' .. key .. ' is a ' .. found .. ', not a ' .. needed }
  end
end

local function unwritable(commit)
  local write, place = commit.write, 1
  while write[place] do
    local verb, key, count = write[place], KEYS[write[place + 1]], write[place + 2]
    if not verbs[verb] then return { 'failed', 'unknown: ' .. tostring(verb) } end
    local needed = types[verb]
    if needed and known_types[key] ~= needed then
      local wrong = wrong_type(key, needed)
      if wrong then return wrong end
      if needed ~= 'string' then strings[key] = nil end
    end
    if verb == 'zadd' then
      local score = tonumber(write[place + 3])
      if not score or score ~= score then return { 'failed', 'no score: ' .. tostring(write[place + 3]) } end
    end
    place = place + 3 + count
  end
end

local function lost_claim(claim)
  if not claim then return nil end
  local pending = call('XPENDING', KEYS[claim.stream], claim.group, claim.entry, claim.entry, 1)[1]
  if not pending or pending[2] ~= claim.consumer or pending[4] ~= claim.deliveries then
    return { 'claim' }
  end
end

local function unexpected(commit)
  for place, one in ipairs(commit.expect) do
    local kind, good, found = one[1], nil, nil
    if kind == 'record' then
      found = hash_at(tonumber(one[2]))
      good = found == one[3]
    else
      good, found = expectations[kind](KEYS[one[2]], one[3], one[4])
      -- On a key of another type Redis would have refused.
      known_types[KEYS[one[2]]] = types[kind]
    end
    if not good then return { 'expected', string.format('%d', place), found } end
  end
end

-- The last record of the log, as the commits so far have moved it.
local id, seq, last_hash, last_at = batch.id, tonumber(batch.seq), nil, nil

-- Hash and MAC of the next record.
local sealed = 0
local function next_seal()
  local first = sealed * 64 + 1
  sealed = sealed + 1
  return string.sub(seals, first, first + 31), string.sub(seals, first + 32, first + 63)
end

-- The record that the writer builds on must lie in the log itself: an emptied log may still have its head.
-- The second value tells that another writer came before, rather than that records are missing.
local function other_head()
  local head = call('HMGET', head_key, 'log', 'seq', 'hash', 'at')
  local found_seq, found_hash = tonumber(head[2] or '0'), head[3] or string.rep('0', 64)
  local built_on = hash_at(seq)
  -- Before its first record a log has the name that this record gives it.
  id = found_seq > 0 and head[1] or id
  if found_seq ~= seq or found_hash ~= batch.hash or (found_seq > 0 and built_on ~= batch.hash) then
    local is_race = found_seq > seq and (seq == 0 or built_on == batch.hash)
    return { 'head', head[1] or '', string.format('%d', found_seq), found_hash, head[4] or '', built_on }, is_race
  end
end

-- @include commit-parts/turns.lua

-- Asked once for the whole batch, since nobody else writes meanwhile.
local is_held_up = true
local function hindrance()
  if call('EXISTS', stop_key) == 1 then return { 'stopped' } end
  for _, one in ipairs(batch.types) do
    local wrong = wrong_type(KEYS[one[1]], one[2])
    if wrong then return wrong end
  end
  local ms
  turn_owner, ms = short_lived(turn_key)
  local is_other_turn = turn_owner and turn_owner ~= batch.writer
  if is_other_turn and not batch.takesTurn then return { 'turn', string.format('%d', ms) } end
  local other, is_race = other_head()
  if is_other_turn then
    if is_race then be_next() end
    return { 'turn', string.format('%d', ms) }
  end
  if is_race and batch.takesTurn then call('SET', turn_key, batch.writer, 'PX', batch.turnMs) end
  is_held_up = other ~= nil
  return other
end

local function refusal(commit)
  local before = string_at(KEYS[commit.op])
  if before then return { 'repeated', before } end
  return (is_held_up and hindrance()) or lost_claim(commit.claim) or unexpected(commit) or unwritable(commit)
end

local function make(commit)
  local hash = last_hash
  for offset, record in ipairs(commit.records) do
    local mac
    hash, mac = next_seal()
    call('XADD', log_key, string.format('%d-0', seq + offset), 'b', text_of(record[1]), 'h', hash, 'm', mac, 'k', record[2])
  end
  if #commit.records > 0 then
    seq, last_hash, last_at = seq + #commit.records, hash, commit.at
  end
  local write, place = commit.write, 1
  while write[place] do
    local first, last = place + 3, place + 2 + write[place + 2]
    for at = first, last do
      local text = write[at]
      if type(text) == 'number' then write[at] = ARGV[text] end
    end
    verbs[write[place]](KEYS[write[place + 1]], unpack(write, first, last))
    place = last + 1
  end
  local answer = text_of(commit.answer)
  call('SET', KEYS[commit.op], answer, 'EX', batch.seconds)
  strings[KEYS[commit.op]] = answer
  return { 'committed' }
end

-- A command that fails concerns its own commit: those before it are made, and must be told so.
local function attempt(step, commit)
  local is_done, answer = pcall(step, commit)
  if is_done then return answer end
  return { 'failed', type(answer) == 'table' and answer.err or tostring(answer) }
end

local answers = {}
read_strings()
if #batch.commits == 0 then answers[1] = hindrance() end
for _, commit in ipairs(batch.commits) do
  local answer = attempt(refusal, commit) or attempt(make, commit)
  table.insert(answers, answer)
  if answer[1] ~= 'committed' then break end
end
for key in pairs(additions) do
  add_members(key)
end
if last_hash then
  call('HSET', head_key, 'log', id, 'seq', string.format('%d', seq), 'hash', to_hex(last_hash), 'at', last_at)
end
if not is_held_up and #batch.commits > 0 then end_turn() end
return answers
