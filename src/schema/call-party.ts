import { builder } from '../builder.ts';
import { E164_RULE, toDialled, toE164 } from '../phone-number.ts';
import type { CallSide as CallSideModel } from '../upstream/cloudlink/call.ts';
import type { CallDetailParty as CallDetailPartyModel } from '../upstream/netsapiens/call-detail.ts';
import { ActiveCallParty } from './active-call.ts';
import { CallDetailParty } from './call-detail.ts';
import { personOfParty, type CallPartyModel } from './call-party-person.ts';
import { CallSide } from './call-side.ts';
import { askingFor } from './person-half.ts';
import { Person, warnOfGap } from './person.ts';

export type { CallPartyModel } from './call-party-person.ts';

export const CallParty = builder.objectRef<CallPartyModel>('CallParty').implement({
  description:
    'One side of a call, wherever the call was told: its number as people dial it, and whose it is. Whoever is outside has no ' +
    'person, but a number and often a name.',
  fields: (t) => ({
    number: t.string({
      description: 'Number or extension as the platform tells it, without what SIP puts around it.',
      resolve: ({ number, extension }) => toDialled(number) ?? extension,
    }),
    e164: t.string({
      description: `The number in E.164, such as \`+12125550188\`; null for an extension. ${E164_RULE}`,
      resolve: ({ number }, _args, { settings }) => toE164(number, settings.homeCountry),
    }),
    name: t.exposeString('name', {
      description: 'The name that came with the call; null where the platform told none.',
    }),
    person: t.field({
      type: Person,
      description:
        'Whose number it is: the colleague with this id, extension, e-mail address or number, or null for somebody outside, and ' +
        'for a number that several share. What a caller from outside claims as their number is nobody’s extension. Looked for on the platform that tells of the call, and by number or address on the ' +
        'other. Costs one upstream request for all parties of an account or domain, and one on the other platform where some ' +
        'are not found (one more for every 1,000 people).',
      resolve: (party, _args, context, info) =>
        personOfParty(party, askingFor(context, info), (gap) => warnOfGap(gap, context, info)),
    }),
  }),
});

/** A side of a CloudLink call as a party; of the caller's own account, since CloudLink shows no others. */
export const partyOfSide = ({ number, name, principalId, isClaimed }: CallSideModel): CallPartyModel => ({
  place: { platform: 'cloudlink', accountId: null },
  number,
  name,
  // CloudLink has no column for it. A caller from outside could claim any.
  extension: isClaimed ? null : toDialled(number),
  principal: principalId,
});

/** A side of a call of the legacy platform as a party. */
export const partyOfDetail = (
  { number, name, extension }: Pick<CallDetailPartyModel, 'number' | 'name' | 'extension'>,
  domain: string,
): CallPartyModel => ({
  place: { platform: 'subscriber', domain },
  number,
  name,
  extension,
  principal: null,
});

const PARTY =
  'This side as a party: its number in E.164, and whose it is on either platform. Costs nothing itself.';

builder.objectField(CallSide, 'party', (t) =>
  t.field({ type: CallParty, nullable: false, description: PARTY, resolve: partyOfSide }),
);

builder.objectField(CallDetailParty, 'party', (t) =>
  t.field({
    type: CallParty,
    nullable: false,
    description: PARTY,
    resolve: (side) => partyOfDetail(side, side.domain),
  }),
);

builder.objectField(ActiveCallParty, 'party', (t) =>
  t.field({
    type: CallParty,
    nullable: false,
    description: PARTY,
    resolve: (side) => partyOfDetail(side, side.domain ?? side.callDomain),
  }),
);
