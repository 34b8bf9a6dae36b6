export async function runAccuracy(_: unknown, __: AbortSignal): Promise<void> {}
