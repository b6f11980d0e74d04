import { parseArgs } from 'node:util';
import { InputError, integer } from './input.ts';
import { parseSwitchText, type Switches } from './switches.ts';
import { MAX_CALLS, MAX_USERS } from './world.ts';

/** What the command line can say; what it does not say is left to `createSandbox`. */
export interface Arguments {
  readonly help: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly users?: number;
  readonly calls?: number;
  readonly traffic?: boolean;
  readonly switches: Partial<Switches>;
}

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  users: { type: 'string' },
  calls: { type: 'string' },
  traffic: { type: 'boolean' },
  switch: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

const examples = {
  port: '--port 4010',
  host: '--host 127.0.0.1',
  users: '--users 300',
  calls: '--calls 5000',
  traffic: '--traffic',
  switch: '--switch legacyTyping=numeric',
  help: '--help',
} as const;

type Name = keyof typeof options;

const isName = (name: string): name is Name => Object.hasOwn(options, name);

const refuse = (argument: string, problem: string, example: string): never => {
  throw new InputError(`${argument}: ${problem} Example: ${example}`);
};

const readNumber = (name: 'port' | 'users' | 'calls', value: string, maximum: number): number => {
  const field = integer(0, maximum);
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return field.accepts(number)
    ? number
    : refuse(`--${name}`, `"${value}" is not ${field.expects}.`, examples[name]);
};

const readSwitch = (value: string): Partial<Switches> => {
  try {
    return parseSwitchText(value);
  } catch (error) {
    return refuse('--switch', error instanceof Error ? error.message : String(error), examples.switch);
  }
};

const readOption = (name: Name, value: string | undefined, soFar: Arguments): Arguments => {
  if (name === 'help' || name === 'traffic') {
    return value === undefined
      ? { ...soFar, [name]: true }
      : refuse(`--${name}`, 'it takes no value.', examples[name]);
  }
  if (value === undefined || value === '')
    return refuse(`--${name}`, 'its value is missing.', examples[name]);
  if (name === 'port') return { ...soFar, port: readNumber('port', value, 65_535) };
  if (name === 'users') return { ...soFar, users: readNumber('users', value, MAX_USERS) };
  if (name === 'calls') return { ...soFar, calls: readNumber('calls', value, MAX_CALLS) };
  if (name === 'host') return { ...soFar, host: value };
  return { ...soFar, switches: { ...soFar.switches, ...readSwitch(value) } };
};

/** Throws an InputError of one line that names the argument, what was wrong with it, and an example. */
export const parseArguments = (args: readonly string[]): Arguments => {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const known = Object.keys(options)
    .map((name) => `--${name}`)
    .join(', ');
  let result: Arguments = { help: false, switches: {} };
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional')
      return refuse(token.value, `it belongs to no option; there are ${known}.`, examples.port);
    if (!isName(token.name))
      return refuse(token.rawName, `there is no such option; there are ${known}.`, examples.port);
    result = readOption(token.name, token.value, result);
  }
  return result;
};
