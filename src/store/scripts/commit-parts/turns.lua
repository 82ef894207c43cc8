-- Whose turn it is: whoever lost the race for the last record goes before the others.

-- A key that lasts longer than a turn, or for ever, or is no text, is no turn: nobody would end it, and all would wait.
local function short_lived(key)
  local ms = call('PTTL', key)
  if ms < 0 or ms > tonumber(batch.turnMs) or call('TYPE', key).ok ~= 'string' then
    return nil
  end
  return call('GET', key), ms
end

local turn_owner

-- Who has the turn after this one, in their order.
local function next_writers()
  local writers = {}
  for one in string.gmatch(short_lived(next_key) or '', '%S+') do writers[#writers + 1] = one end
  return writers
end

local function set_next(writers)
  if #writers > 0 then
    call('SET', next_key, table.concat(writers, ' '), 'PX', batch.turnMs)
  else
    call('DEL', next_key)
  end
end

local function own_place(writers)
  for place, one in ipairs(writers) do
    if one == batch.writer then return place end
  end
end

-- Only who lost the race comes in: so the list gets empty, and a writer that knows no list has a chance too.
local function be_next()
  local writers = next_writers()
  if own_place(writers) then return end
  writers[#writers + 1] = batch.writer
  set_next(writers)
end

-- Hands it on. Who has written needs no other one.
local function end_turn()
  local writers, following = next_writers(), nil
  local place = own_place(writers)
  if place then table.remove(writers, place) end
  if turn_owner == batch.writer then
    following = table.remove(writers, 1)
    if following then
      call('SET', turn_key, following, 'PX', batch.turnMs)
    else
      call('DEL', turn_key)
    end
  end
  if place or following then set_next(writers) end
end
