-- The twin of structs.kiln: a table for each struct, text as a table of bytes.
local COUNT, BYTES = 10000, 200000

local function push(text, byte)
  text.bytes[text.len] = byte
  text.len = text.len + 1
end

local function push_number(text, number)
  local digits = {}
  local rest, count = number, 0
  while rest > 0 or count == 0 do
    digits[count] = rest % 10 + 48
    rest = math.floor(rest / 10)
    count = count + 1
  end
  while count > 0 do
    count = count - 1
    push(text, digits[count])
  end
end

local function make(i)
  return { id = i, weight = i * 40503 % 65536, at = { x = i, y = -i }, is_even = i % 2 == 0 }
end

local items = {}
for i = 0, COUNT - 1 do
  items[i] = make(i)
end
for i = 1, COUNT - 1 do
  local item = items[i]
  item.at.y = item.at.y + items[i - 1].at.x
  if item.is_even then
    item.weight = item.weight + 1
  end
end
local sum = 0
for i = 0, COUNT - 1 do
  local item = items[i]
  sum = (sum * 31 + item.weight + (item.at.x - item.at.y + 1)) % 1000003
end

local text = { bytes = {}, len = 0 }
local number = 0
while text.len + 12 < BYTES do
  push_number(text, number)
  push(text, 32)
  number = number + 7
end
for i = 0, text.len - 1 do
  sum = (sum * 31 + text.bytes[i]) % 1000003
end
print(string.format("%d", sum))
