import { ConfigError, readConfig, type Config } from './config.ts';
import type { ExplorerHeaders } from './graphiql.ts';

/** Ends the process with one line that says why. */
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const tryRead = (overrides?: Readonly<Record<string, string>>): Config => {
  try {
    return readConfig(overrides);
  } catch (error) {
    if (error instanceof ConfigError) return refuse(`configuration: ${error.message}`);
    throw error;
  }
};

const explainListenError = (error: unknown, variable: string): never => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'that port is in use by another process; choose another one, or 0 for any free one',
    EACCES: 'this user may not listen on that port; choose one above 1023',
    EADDRNOTAVAIL: 'this machine does not have that address; see HOST',
  };
  const reason = reasons[code];
  if (reason === undefined) throw error;
  return refuse(`configuration: ${variable}: ${reason}`);
};

const start = async () => {
  // Settings come first, and alone: a broken one must stop the process before anything else is loaded.
  const given = tryRead();
  const isDemo = given.cloudlink === null && given.subscriberApi === null;
  const demo = isDemo
    ? await (
        await import('./demo.ts')
      )
        .startDemo(given.sandboxPort)
        .catch((error: unknown) => explainListenError(error, 'SANDBOX_PORT'))
    : null;
  const config = demo === null ? given : tryRead(demo.settings);

  const [{ createLogger }, { startServer }] = await Promise.all([
    import('./logger.ts'),
    import('./server.ts'),
  ]);
  const log = createLogger(config.logLevel);
  let explorerHeaders: Promise<ExplorerHeaders> | undefined;
  const server = await startServer(config, log, {
    explorerHeaders: () => explorerHeaders ?? Promise.resolve({}),
  }).catch((error: unknown) => explainListenError(error, 'PORT'));

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
    process.exitCode = isClean ? 0 : 1;
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));

  if (demo !== null) {
    explorerHeaders = demo.signIn(server.url);
    process.stdout.write(demo.welcome(server.url, await explorerHeaders));
  } else {
    process.stdout.write(`ready: GraphQL at ${server.url}/graphql\n`);
  }
};

await start();
