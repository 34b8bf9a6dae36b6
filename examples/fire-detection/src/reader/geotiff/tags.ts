import type { ImageFileDirectory } from "geotiff";

/** The tags of one image in a TIFF file, whatever shape the library gives their values. */
export interface Tags {
  number(name: string): Promise<number | undefined>;
  numbers(name: string): Promise<number[] | undefined>;
  text(name: string): Promise<string | undefined>;
}

export function tagsOf(directory: ImageFileDirectory): Tags {
  const value = (name: string): Promise<unknown> =>
    directory.loadValue(name as Parameters<ImageFileDirectory["loadValue"]>[0]);
  const numbers = async (name: string) => {
    const found = await value(name);
    if (typeof found === "number") return [found];
    const isList = Array.isArray(found) || ArrayBuffer.isView(found);
    return isList ? Array.from(found as unknown as ArrayLike<number>, Number) : undefined;
  };
  return {
    numbers,
    number: async (name) => (await numbers(name))?.[0],
    text: async (name) => {
      const found = await value(name);
      return typeof found === "string" ? found.replace(/\0.*$/s, "") : undefined;
    },
  };
}
