import { ConfigError, readConfig, type Config } from './config.ts';
import { explainListenError, type Address } from './listen-error.ts';

/** Ends the process with one line that says why. */
const refuse = (message: string): never => {
  process.stderr.write(`configuration: ${message}\n`);
  process.exit(1);
};

const tryRead = (overrides?: Readonly<Record<string, string>>): Config => {
  try {
    return readConfig(overrides);
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

const start = async () => {
  // Settings come first, and alone: a broken one must stop the process before anything else is loaded.
  const given = tryRead();
  const startDemo = async () => {
    const demo = await import('./demo.ts');
    const address = { host: '127.0.0.1', port: given.sandboxPort, variable: 'SANDBOX_PORT' } as const;
    return tryListen(demo.startDemo(given.sandboxPort), address);
  };
  const demo = given.cloudlink === null && given.subscriberApi === null ? await startDemo() : null;
  const config = demo === null ? given : tryRead(demo.settings);

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

  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (isStopping) {
      log.error({ signal }, 'stopped at once by a second signal');
      process.exit(1);
    }
    isStopping = true;
    const isClean = await server.stop();
    await demo?.stop();
    log.info({ signal, isClean }, 'stopped');
    // Sockets of the demo's own requests may idle for a while longer; nothing is left to wait for.
    process.exit(isClean ? 0 : 1);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));

  const welcome = async () => {
    if (demo === null) return `ready: GraphQL at ${server.url}/graphql\n`;
    try {
      return demo.welcome(server.url, await demo.signIn(server.url));
    } catch (error) {
      // Told to stop while signing in: there is nobody to welcome.
      if (isStopping) return '';
      throw error;
    }
  };
  process.stdout.write(await welcome());
};

await start();
