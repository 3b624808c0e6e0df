-- The twin of fib.kiln: a table of one number stands for the `inout` parameter.
local function fib(n, calls)
  calls[1] = calls[1] + 1
  if n < 2 then
    return n
  end
  return fib(n - 1, calls) + fib(n - 2, calls)
end

local calls = { 0 }
local value = fib(32, calls)
print(string.format("%d", value * 10000000 + calls[1]))
