-- The twin of mix.kiln. LuaJIT has functions where Lua has operators, which it can't parse.
local integers = [[
  local s = 1
  for i = 0, 9999999 do
    s = (s * 31 + (i ~ (s >> 3))) % 1000003
  end
  return s
]]
local functions = [[
  local bxor, rshift = bit.bxor, bit.rshift
  local s = 1
  for i = 0, 9999999 do
    s = (s * 31 + bxor(i, rshift(s, 3))) % 1000003
  end
  return s
]]
print(string.format("%d", (loadstring or load)(bit and functions or integers)()))
