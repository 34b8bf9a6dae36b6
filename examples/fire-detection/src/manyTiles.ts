export async function runManyTiles(_: unknown, __: AbortSignal): Promise<void> {}
