/**
 * Loaded into a process before its script, for whoever asks what is alive in its heap. It never clears anything unasked:
 * the memory that is watched meanwhile is that of any other process.
 */
process.on('message', (message) => {
  if (message !== 'heap') return;
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
process.channel?.unref();
