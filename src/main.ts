import { ConfigError, readConfig, type Config } from './config.ts';
import { explainListenError, type Address } from './listen-error.ts';
import type { Logger } from './logger.ts';
import { isWorker, startWorkers, tellReady } from './workers.ts';

/** Ends the process with one line that says why. */
const refuse = (message: string): never => {
  process.stderr.write(`configuration: ${message}\n`);
  process.exit(1);
};

const tryRead = (...around: Parameters<typeof readConfig>): Config => {
  try {
    return readConfig(...around);
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.message);
    throw error;
  }
};

const tryListen = async <Started>(started: Promise<Started>, address: Address): Promise<Started> => {
  try {
    return await started;
  } catch (error) {
    const message = explainListenError(error, address);
    if (message === null) throw error;
    return refuse(message);
  }
};

/** Stops on the first of these signals, and at once on a second one. `stop` answers whether all went well. */
const stopOn = (signals: readonly NodeJS.Signals[], log: Logger, stop: () => Promise<boolean>) => {
  let isStopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (isStopping) {
      log.error({ signal }, 'stopped at once by a second signal');
      process.exit(1);
    }
    isStopping = true;
    const isClean = await stop();
    log.info({ signal, isClean }, 'stopped');
    // Sockets of the demo's own requests may idle for a while longer; nothing is left to wait for.
    process.exit(isClean ? 0 : 1);
  };
  for (const signal of signals) process.on(signal, (name) => void onSignal(name));
  return { isStopping: () => isStopping };
};

/** The process that only looks after the others. */
const startPrimary = async ({ workers: count, logLevel }: Config) => {
  const { createLogger } = await import('./logger.ts');
  const log = createLogger(logLevel);
  const starting = startWorkers(count, log);
  // A signal may come before they are ready: they are told when they can hear it.
  stopOn(['SIGTERM', 'SIGINT'], log, async () => (await (await starting)?.stop()) ?? false);
  const workers = await starting;
  if (workers === null) process.exit(1);
  process.stdout.write(`ready: GraphQL at ${workers.url}/graphql, by ${count} processes\n`);
};

const start = async () => {
  // Settings come first, and alone: a broken one must stop the process before anything else is loaded.
  const given = tryRead();
  if (given.workers > 1 && !isWorker()) return startPrimary(given);
  const startDemo = async () => {
    const demo = await import('./demo.ts');
    const address = { host: '127.0.0.1', port: given.sandboxPort, variable: 'SANDBOX_PORT' } as const;
    return tryListen(demo.startDemo(given.sandboxPort), address);
  };
  const demo = given.cloudlink === null && given.subscriberApi === null ? await startDemo() : null;
  const config = demo === null ? given : tryRead(demo.settings, demo.defaults);

  const [{ createLogger }, { startServer }] = await Promise.all([
    import('./logger.ts'),
    import('./server.ts'),
  ]);
  const log = createLogger(config.logLevel);
  /** Somebody signed in for GraphiQL. The page is of use without it, so a sandbox that is told to fail costs only that. */
  const explorerHeaders = async (url: string) => {
    try {
      return (await demo?.signIn(url)) ?? {};
    } catch (error) {
      log.warn({ err: error }, 'nobody could be signed in for GraphiQL');
      return {};
    }
  };
  const server = await tryListen(startServer(config, log, { ...(demo && { explorerHeaders }) }), {
    ...config,
    variable: 'PORT',
  });

  // In a terminal, Ctrl+C reaches every process of a group: a worker waits to be told by the one that looks after it.
  if (isWorker()) process.on('SIGINT', () => undefined);
  const stopping = stopOn(isWorker() ? ['SIGTERM'] : ['SIGTERM', 'SIGINT'], log, async () => {
    const isClean = await server.stop();
    await demo?.stop();
    return isClean;
  });

  const welcome = async () => {
    if (demo === null) return `ready: GraphQL at ${server.url}/graphql\n`;
    try {
      return demo.welcome(server.url, await demo.signIn(server.url));
    } catch (error) {
      // Told to stop while signing in: there is nobody to welcome.
      if (stopping.isStopping()) return '';
      throw error;
    }
  };
  if (isWorker()) tellReady(server.url);
  else process.stdout.write(await welcome());
};

await start();
