-- The twin of appends.kiln: a table of bytes that grows.
local text, len = {}, 0
for i = 0, 49999 do
  local letter = 97 + i % 26
  text[len] = letter
  text[len + 1] = letter
  text[len + 2] = 32
  len = len + 3
end
local sum = 0
for i = 0, len - 1 do
  sum = (sum * 31 + text[i]) % 1000003
end
print(string.format("%d", sum))
