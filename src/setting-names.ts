/** What an orchestrator adds for a service of that name is no setting, and no mistake. */
const orchestrated = /_(NAME|ENV_\w+|SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)$/;

/** Settings whose like many a machine has for something else. */
const general: ReadonlySet<string> = new Set([
  'APP_NAME',
  'LOG_LEVEL',
  'NODE_ENV',
  'PUBLIC_URL',
  'REDIS_URL',
]);

/** Nobody else's variables begin like this. */
const prefixed = /^(CLOUDLINK|SUBSCRIBER)_/;

/** So many letters allow for one mistake: variables of others are as much like ours where names are short. */
const LETTERS_A_MISTAKE = 8;
/** Whoever made more mistakes meant something else. */
const MOST_MISTAKES = 2;

/** How many letters two names share at their beginning. */
const sharedStart = (one: string, other: string): number => {
  let length = 0;
  while (length < one.length && one.at(length) === other.at(length)) length += 1;
  return length;
};

const reverse = (text: string): string => text.split('').toReversed().join('');

const sharedEnds = (one: string, other: string): number =>
  sharedStart(one, other) + sharedStart(reverse(one), reverse(other));

/**
 * Whether one name becomes the other by so many mistakes: a letter too many, one missing, another one, or two that changed
 * places.
 */
const isWithin = (mistakes: number, one: string, other: string): boolean => {
  if (one === other) return true;
  if (mistakes === 0 || Math.abs(one.length - other.length) > mistakes) return false;
  const same = sharedStart(one, other);
  const [first, second] = [one.slice(same), other.slice(same)];
  const hasSwapped = first.length > 1 && first.at(0) === second.at(1) && first.at(1) === second.at(0);
  return (
    isWithin(mistakes - 1, first.slice(1), second) ||
    isWithin(mistakes - 1, first, second.slice(1)) ||
    isWithin(mistakes - 1, first.slice(1), second.slice(1)) ||
    (hasSwapped && isWithin(mistakes - 1, first.slice(2), second.slice(2)))
  );
};

/** Whether somebody who wrote `name` meant the setting: never one with a short name, which `POST` would be for `HOST`. */
const isMisspelt = (name: string, setting: string): boolean =>
  !general.has(setting) &&
  isWithin(Math.min(Math.floor(setting.length / LETTERS_A_MISTAKE), MOST_MISTAKES), name, setting);

const likest = (name: string, names: readonly string[]): string | undefined =>
  names.toSorted((one, other) => sharedEnds(other, name) - sharedEnds(one, name))[0];

/**
 * A misspelt setting would silently be the default: whatever has one of our prefixes must be one of ours, and nothing may
 * be almost one. Whoever has set the right one as well has the other for something else.
 */
export const findMisspelt = (
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly string[],
): readonly string[] => {
  const unset = settings.filter((name) => !env[name]?.trim());
  return Object.keys(env)
    .filter((name) => !settings.includes(name) && !orchestrated.test(name))
    .flatMap((name) => {
      const meant = prefixed.test(name)
        ? likest(name, settings)
        : unset.find((setting) => isMisspelt(name, setting));
      return meant === undefined ? [] : [`${name}: is no setting of this gateway; did you mean ${meant}?`];
    });
};
