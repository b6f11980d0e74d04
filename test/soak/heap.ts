/**
 * Loaded into a process before its script, for whoever asks what it needs of memory. It never clears anything unasked: the
 * memory that is watched meanwhile is that of any other process.
 */
process.on('message', (message) => {
  if (message === 'heap') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage().heapUsed);
  }
  if (message === 'resident') {
    // All that can be had back, and given back to the machine.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    process.send?.(process.memoryUsage().rss);
  }
});
process.channel?.unref();
