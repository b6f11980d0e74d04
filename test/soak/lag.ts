import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded into a process before its script, for whoever asks how long its event loop was kept, in milliseconds, since the last time. */
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on('message', (message) => {
  if (message !== 'lag') return;
  process.send?.({ p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 });
  delay.reset();
});
process.channel?.unref();
