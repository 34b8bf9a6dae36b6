/** A ruling in words, by its number. */
export const RULINGS: Readonly<Record<number, string>> = {
  0: "not yet",
  1: "the worker is right",
  2: "the worker is wrong",
  3: "undecided",
  4: "both are wrong",
  5: "this challenge failed",
};

export const GROUNDS: Readonly<Record<number, string>> = {
  0: "a leaf is to be shown",
  1: "the result is wrong",
  2: "the result is not available",
};
