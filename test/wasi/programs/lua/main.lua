-- Counts the words of its input.
local counts, words = {}, {}
for word in io.read("*a"):gmatch("%a+") do
  if not counts[word] then table.insert(words, word) end
  counts[word] = (counts[word] or 0) + 1
end
table.sort(words)
for _, word in ipairs(words) do io.write(word, " ", counts[word], "\n") end
