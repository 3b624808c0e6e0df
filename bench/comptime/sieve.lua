-- The twin of sieve.kiln.
local LIMIT = 1000000
local composite = {}
for n = 1, LIMIT do
  composite[n] = false
end
local count, sum = 0, 0
for n = 2, LIMIT - 1 do
  if not composite[n] then
    count = count + 1
    sum = sum + n
    for multiple = n * n, LIMIT - 1, n do
      composite[multiple] = true
    end
  end
end
print(string.format("%.0f", sum * 100000 + count))
