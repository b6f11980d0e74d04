import { flag, InputError, integer, integers, oneOf, optional, readFields, type Field } from './input.ts';

/**
 * The quirks that differ between builds and providers, each named for the assumption it turns
 * (cloudlink.md section 12: `cloudlink…`; subscriber-api.md section 12: `legacy…`), and how webhooks go astray.
 */
export interface Switches {
  /** CloudLink A-04: answer 400 where `X-Mitel-App` is missing. */
  cloudlinkRequireApp: boolean;
  /** CloudLink A-08: requests a second and token before 429; 0 is off. */
  cloudlinkRateLimit: number;
  /** CloudLink A-08: the form of `Retry-After`. */
  cloudlinkRetryAfter: 'date' | 'seconds';
  /** CloudLink §3.3: leave `_embedded` out of an empty collection. */
  cloudlinkOmitEmptyEmbedded: boolean;
  /** CloudLink A-18: embed the participants and the latest message in a conversation. */
  cloudlinkEmbedConversations: boolean;
  /** CloudLink §6.1, §6.4: answer commands to endpoints, calls and recordings with 202 and no body. */
  cloudlinkAcceptCommands: boolean;
  /** CloudLink A-22: post a test publication to every new subscription. */
  cloudlinkWebhookTest: boolean;
  /** CloudLink A-23: sign every delivery in `x-mitel-signature`. */
  cloudlinkWebhookSignature: boolean;
  /** CloudLink A-25: how long a subscription lives. */
  cloudlinkSubscriptionSeconds: number;
  /** CloudLink A-20: the subjects of chat with the version, or without. */
  cloudlinkChatSubject: 'versioned' | 'bare';
  /** CloudLink A-20: a message as the content itself, or in its `body`. */
  cloudlinkChatContent: 'flat' | 'nested';
  /** CloudLink A-19: one publication as it is, or in a list. */
  cloudlinkPublications: 'one' | 'list';
  /** CloudLink §8.1 names calls, endpoints, call records and conferences: publish recordings as well. */
  cloudlinkRecordingEvents: boolean;
  /** Legacy A-01: how long a used refresh token stays good. */
  legacyRefreshGraceMs: number;
  /** Legacy A-03: the answer to wrong credentials. */
  legacyBadCredentials: '401' | '400-json' | '200-without-token';
  /** Legacy A-04: the form of the `warning` header. */
  legacyWarning: 'plain' | '199';
  /** Legacy A-06: refuse parameters that are not documented. */
  legacyStrictParameters: boolean;
  /** Legacy A-08: the answer outside the caller's scope. */
  legacyOutOfScope: '403' | '401' | 'empty';
  /** Legacy A-09: status for an unknown object or action. */
  legacyUnknownOperation: 404 | 400;
  /** Legacy A-19: rows at most in any answer, silently; 0 is no cap. */
  legacyRowCap: number;
  /** Legacy A-20: what an empty result looks like. */
  legacyEmpty: 'array' | 'object' | 'blank' | 'null-record';
  /** Legacy A-21: strings as in 40.x, or numbers wherever the text looks like one, as in 41+. */
  legacyTyping: 'strings' | 'numeric';
  /** Legacy §3.4: the shape of records in JSON. */
  legacyRecords: 'array' | 'bare-when-single' | 'indexed-object';
  /** Legacy A-22: status for an update or delete of somebody who is not there. */
  legacyMissingTarget: 404 | 202;
  /** Legacy A-23: status for a create of somebody who is there already. */
  legacyDuplicate: 409 | 400;
  /** Legacy A-25: how long after its 202 a write becomes visible. */
  legacyWriteDelayMs: number;
  /** Legacy A-29: the limits of SkySwitch with their headers. */
  legacyRateLimit: boolean;
  /** Legacy A-16: the departments of a domain as records, or as their names alone. */
  legacyDepartments: 'records' | 'names';
  /** Legacy §5.4: the times of live calls as the documentation prints them, or as events write them. */
  legacyCallTimes: 'printed' | 'dashes';
  /** Legacy §5.9: how long after hang-up a recording shows. */
  legacyRecordingDelayMs: number;
  /** Legacy §5.9: the one recording of a call alone, or in an array. */
  legacyRecordingShape: 'bare' | 'array';
  /** Legacy §6.1: what `event create` answers. */
  legacyEventCreate: '202-body' | '200-body' | '202-empty';
  /** Legacy §6.1: the name of an event subscription's id in JSON. */
  legacyEventId: 'id' | 'subscription_id';
  /** The waits before each further try of a delivery; none leaves them to the platform (A-24, legacy A-18). */
  webhookRetryMs: readonly number[];
  /** How long a receiver may take to answer. */
  webhookTimeoutMs: number;
  /** Every so many deliveries of a subscription one goes out twice; 0 is off. */
  webhookDuplicateEvery: number;
  /** Every so many deliveries of a subscription one is held back for `webhookDelayMs`; 0 is off. */
  webhookDelayEvery: number;
  webhookDelayMs: number;
  /** So many deliveries are gathered and go out in another order; 0 is off. */
  webhookReorder: number;
  /** So many CloudLink publications at most in one delivery; 0 is one at a time. */
  webhookBatch: number;
  /** Chooses among the other orders. */
  webhookSeed: number;
  /** Legacy §3.2: label JSON as `text/html`, as some servers do. */
  legacyMislabelJson: boolean;
}

export const defaultSwitches: Readonly<Switches> = {
  cloudlinkRequireApp: false,
  cloudlinkRateLimit: 0,
  cloudlinkRetryAfter: 'date',
  cloudlinkOmitEmptyEmbedded: true,
  cloudlinkEmbedConversations: true,
  cloudlinkAcceptCommands: false,
  cloudlinkWebhookTest: false,
  cloudlinkWebhookSignature: false,
  cloudlinkSubscriptionSeconds: 86_400,
  cloudlinkChatSubject: 'versioned',
  cloudlinkChatContent: 'flat',
  cloudlinkPublications: 'one',
  cloudlinkRecordingEvents: false,
  legacyRefreshGraceMs: 0,
  legacyBadCredentials: '401',
  legacyWarning: 'plain',
  legacyStrictParameters: false,
  legacyOutOfScope: '403',
  legacyUnknownOperation: 404,
  legacyRowCap: 0,
  legacyEmpty: 'array',
  legacyTyping: 'strings',
  legacyRecords: 'array',
  legacyMissingTarget: 404,
  legacyDuplicate: 409,
  legacyWriteDelayMs: 300,
  legacyRateLimit: false,
  legacyDepartments: 'records',
  legacyCallTimes: 'printed',
  legacyRecordingDelayMs: 180_000,
  legacyRecordingShape: 'bare',
  legacyEventCreate: '202-body',
  legacyEventId: 'id',
  webhookRetryMs: [],
  webhookTimeoutMs: 5000,
  webhookDuplicateEvery: 0,
  webhookDelayEvery: 0,
  webhookDelayMs: 1000,
  webhookReorder: 0,
  webhookBatch: 0,
  webhookSeed: 1,
  legacyMislabelJson: false,
};

type ChoiceName = {
  [Name in keyof Switches]: boolean extends Switches[Name]
    ? never
    : number extends Switches[Name]
      ? never
      : Switches[Name] extends readonly number[]
        ? never
        : Name;
}[keyof Switches];

/** The values of the switches that are neither on or off nor numbers. */
const choices: { readonly [Name in ChoiceName]: readonly Switches[Name][] } = {
  cloudlinkRetryAfter: ['date', 'seconds'],
  cloudlinkChatSubject: ['versioned', 'bare'],
  cloudlinkChatContent: ['flat', 'nested'],
  cloudlinkPublications: ['one', 'list'],
  legacyBadCredentials: ['401', '400-json', '200-without-token'],
  legacyWarning: ['plain', '199'],
  legacyOutOfScope: ['403', '401', 'empty'],
  legacyUnknownOperation: [404, 400],
  legacyEmpty: ['array', 'object', 'blank', 'null-record'],
  legacyTyping: ['strings', 'numeric'],
  legacyRecords: ['array', 'bare-when-single', 'indexed-object'],
  legacyMissingTarget: [404, 202],
  legacyDuplicate: [409, 400],
  legacyDepartments: ['records', 'names'],
  legacyCallTimes: ['printed', 'dashes'],
  legacyRecordingShape: ['bare', 'array'],
  legacyEventCreate: ['202-body', '200-body', '202-empty'],
  legacyEventId: ['id', 'subscription_id'],
};

const isChoice = (name: string): name is ChoiceName => Object.hasOwn(choices, name);

const fieldOf = (name: string, start: unknown): Field<unknown> => {
  if (isChoice(name)) return oneOf<unknown>(choices[name]);
  if (Array.isArray(start)) return integers;
  return typeof start === 'boolean' ? flag : integer(0);
};

const fields = Object.fromEntries(
  Object.entries(defaultSwitches).map(([name, start]) => [name, optional(fieldOf(name, start))]),
);

/** Some switches with their new values; throws an InputError that names what is allowed. */
export const parseSwitches = (value: unknown): Partial<Switches> => readFields('the switches', value, fields);

/** What a word of the command line means as JSON: a number, true, false, or else the word. */
const toJson = (word: string): unknown =>
  /^(?:true|false|0|[1-9]\d*)$/.test(word) ? JSON.parse(word) : word;

/** The same for a list: words with commas between. */
const toList = (words: string): readonly unknown[] => (words === '' ? [] : words.split(',').map(toJson));

/** One switch as written on a command line, `name=value`; throws an InputError like `parseSwitches`. */
export const parseSwitchText = (assignment: string): Partial<Switches> => {
  const mark = assignment.indexOf('=');
  if (mark === -1) throw new InputError(`"${assignment}" is not of the form name=value.`);
  const name = assignment.slice(0, mark);
  const value = assignment.slice(mark + 1);
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const readings = [value, toJson(value), toList(value)];
  return parseSwitches({ [name]: readings.find((reading) => field?.accepts(reading)) ?? value });
};
