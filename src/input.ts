import { GraphQLError } from 'graphql';

/** An argument that cannot be used: which one, what is wrong and what is allowed. */
export const badInput = (argument: string, message: string): GraphQLError =>
  new GraphQLError(`\`${argument}\` ${message}`, { extensions: { code: 'BAD_USER_INPUT', argument } });

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

/** A text to search for. */
export const searchText = (argument: string, value: string): string => {
  const text = value.trim();
  if (text === '' || text.length > 256) throw badInput(argument, 'must be a text of 1 to 256 characters.');
  return text.toLocaleLowerCase();
};
