import { GraphQLError } from 'graphql';

/** An argument that cannot be used: which one, what is wrong and what is allowed. */
export const badInput = (argument: string, message: string): GraphQLError =>
  new GraphQLError(`\`${argument}\` ${message}`, { extensions: { code: 'BAD_USER_INPUT', argument } });

/** An argument that names nothing there is. */
export const notFound = (argument: string, message: string): GraphQLError =>
  new GraphQLError(`\`${argument}\` ${message}`, { extensions: { code: 'NOT_FOUND', argument } });

/** An argument that cannot be used now, because of what is there or under way. */
export const conflict = (argument: string, message: string): GraphQLError =>
  new GraphQLError(`\`${argument}\` ${message}`, { extensions: { code: 'CONFLICT', argument } });

/** Whether an argument has a value: one that is left out and one that is null are the same, an empty text is neither. */
export const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

/** A legacy domain, user or login. Wildcards would widen what is asked for (S5), so they are refused here. */
export const legacyName = (argument: string, value: string): string => {
  const name = value.trim();
  if (name === '' || name.length > 255 || /[*~%,\p{Cc}]/u.test(name) || !name.isWellFormed()) {
    throw badInput(
      argument,
      'must be one exact name: 1 to 255 characters without `*`, `~`, `%`, `,` or control characters.',
    );
  }
  return name;
};

/** The name of a legacy domain. In the keys of what a domain has it ends at a slash, so that it holds none itself. */
export const legacyDomain = (argument: string, value: string): string => {
  const name = legacyName(argument, value);
  if (name.includes('/')) throw badInput(argument, 'must be the name of a domain, which holds no `/`.');
  return name;
};

/** A text as it is compared: without letter case, and in one of the several ways in which Unicode can write it. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** A text to search for, folded. A blank one would match everybody, so it is refused. */
export const searchText = (argument: string, value: string): string => {
  const text = value.trim();
  if (text === '' || text.length > 256) throw badInput(argument, 'must be a text of 1 to 256 characters.');
  return fold(text);
};

/** A text that goes upstream as it is: not empty, not endless, and valid Unicode. */
export const sendableText = (argument: string, value: string, longest: number): string => {
  if (value.trim() === '' || value.length > longest || !value.isWellFormed()) {
    throw badInput(argument, `must be a text of 1 to ${longest} characters, not blank, in valid Unicode.`);
  }
  return value;
};

/** One e-mail address, and nothing that would make it several. */
export const emailAddress = (argument: string, value: string): string => {
  if (/^[^\s\p{Cc},;@]+@[^\s\p{Cc},;@]+$/u.test(value) && value.length <= 256 && value.isWellFormed())
    return value;
  throw badInput(argument, 'must be one e-mail address, without blanks, commas and semicolons.');
};

/** An address that a client may open: http or https, and nothing that runs. */
export const webAddress = (argument: string, value: string): string => {
  if (/^https?:$/.test(URL.parse(value)?.protocol ?? '') && value.isWellFormed()) return value;
  throw badInput(argument, 'must be an http or https URL.');
};
