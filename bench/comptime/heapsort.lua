-- The twin of heapsort.kiln; the array begins at 0 as there.
local N = 100000

local function sift_down(items, start, last)
  local parent = start
  while true do
    local child = 2 * parent + 1
    if child >= last then
      return
    end
    if child + 1 < last and items[child] < items[child + 1] then
      child = child + 1
    end
    if items[parent] >= items[child] then
      return
    end
    local item = items[parent]
    items[parent] = items[child]
    items[child] = item
    parent = child
  end
end

-- Every number is below 2^53, so floats hold them, too.
local items = {}
local seed = 12345
for i = 0, N - 1 do
  seed = (seed * 1664525 + 1013904223) % 4294967296
  items[i] = math.floor(seed / 16)
end
local start = math.floor(N / 2)
while start > 0 do
  start = start - 1
  sift_down(items, start, N)
end
local last = N
while last > 1 do
  last = last - 1
  local item = items[0]
  items[0] = items[last]
  items[last] = item
  sift_down(items, 0, last)
end
local sum = 0
for i = 0, N - 1 do
  sum = (sum * 31 + items[i]) % 1000003
end
print(string.format("%d", sum))
