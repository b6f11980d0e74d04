import { isResource, toText, type Resource } from '../decode.ts';

/** A message with buttons. It travels as a JSON object written as a text (facts §5.3). */
export interface ActionCard {
  readonly bodyContentType: string | null;
  readonly headerImageUrl: string | null;
  readonly body: string | null;
  readonly buttons: readonly ActionCardButton[];
}

export interface ActionCardButton {
  readonly title: string | null;
  readonly action: string | null;
  readonly payload: string | null;
  readonly targetUrl: string | null;
}

/** A card to send: text or HTML, and what each button does. */
export interface NewActionCard {
  readonly body: { readonly text: string } | { readonly html: string };
  readonly headerImageUrl?: string | undefined;
  readonly buttons: readonly {
    readonly title: string;
    readonly action: { readonly postMessage: string } | { readonly openLink: string };
  }[];
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const toButton = (resource: Resource): ActionCardButton => ({
  title: toText(resource['title']),
  action: toText(resource['action']),
  payload: toText(resource['payload']),
  targetUrl: toText(resource['targetUrl']),
});

/** The card in the body of a message, or null where the body holds none. */
export const readCard = (text: string): ActionCard | null => {
  const card = parse(text);
  if (!isResource(card)) return null;
  const { buttons } = card;
  return {
    bodyContentType: toText(card['bodyContentType']),
    headerImageUrl: toText(card['headerImageUrl']),
    body: toText(card['body']),
    buttons: Array.isArray(buttons) ? buttons.filter(isResource).map(toButton) : [],
  };
};

export const writeCard = ({ body, headerImageUrl, buttons }: NewActionCard): string =>
  JSON.stringify({
    bodyContentType: 'text' in body ? 'text/plain' : 'text/html',
    body: 'text' in body ? body.text : body.html,
    ...(headerImageUrl !== undefined && { headerImageUrl }),
    buttons: buttons.map(({ title, action }) =>
      'postMessage' in action
        ? { title, action: 'post-message', payload: action.postMessage }
        : { title, action: 'open-link', targetUrl: action.openLink },
    ),
  });
