import { parseArguments } from './arguments.ts';
import { DEFAULT_CALLS, DEFAULT_PEOPLE } from './company.ts';
import { createSandbox } from './index.ts';
import { knownPeople } from './known-people.ts';
import { defaultSwitches } from './switches.ts';

const usage = `Usage: npm run sandbox -- [--port N] [--host H] [--users N] [--calls N] [--traffic] [--switch name=value]... [--help]

  --port    where to listen; 0 picks a free port (4010)
  --host    the address to listen on (127.0.0.1)
  --users   how many people the first account has (${DEFAULT_PEOPLE})
  --calls   how many finished calls each account has (${DEFAULT_CALLS})
  --traffic somebody calls somebody every few seconds
  --switch  a quirk to turn, as often as needed; the quirks and their start values:

${Object.entries(defaultSwitches)
  .map(([name, value]) => `            ${name}=${String(value)}`)
  .join('\n')}`;

const run = async (args: readonly string[]) => {
  const { help, ...options } = parseArguments(args);
  if (help) return console.log(usage);
  const sandbox = await createSandbox(options);
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`The sandbox is ready at ${sandbox.url}; it is driven at ${sandbox.url}/_sandbox.`);
  console.log(knownPeople);
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
