/** Long texts as several messages. */

/** Of one message, in UTF-16 units. https://core.telegram.org/bots/api#sendmessage */
export const MAX_MESSAGE = 4096;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Lines stay whole; only a line that is longer than a message is cut, between two characters as people see them. */
export function splitMessage(text: string, limit = MAX_MESSAGE): string[] {
  const messages: string[] = [];
  let message = '';
  for (const line of text.split('\n').flatMap((each) => cutLine(each, limit))) {
    if (message.length + 1 + line.length > limit) {
      messages.push(message);
      message = line;
    } else message = message === '' ? line : `${message}\n${line}`;
  }
  messages.push(message);
  // Telegram refuses messages of white space alone.
  return messages.map((each) => each.replace(/^\n+|\s+$/g, '')).filter((each) => each !== '');
}

function cutLine(line: string, limit: number): string[] {
  if (line.length <= limit) return [line];
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of GRAPHEMES.segment(line)) {
    if (piece !== '' && piece.length + segment.length > limit) {
      pieces.push(piece);
      piece = '';
    }
    // Somebody can pile up marks on one letter without end.
    piece += segment.slice(0, limit);
  }
  pieces.push(piece);
  return pieces;
}
