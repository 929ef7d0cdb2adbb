import { get } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * What is not right is not measured: who shows good credentials gets the right answer, and 401 who shows none or such
 * that were changed in one place; 403 or 404 who is somebody else, where that is asked for (`stranger`). The answer has
 * the fields of `expected`, and its length within a tenth; where nobody is asked for (`open`) that is all. Null, or what
 * is wrong in words.
 */
export async function faultOf({ url, headers = {}, open = false, stranger }, { answer, fields }) {
  const good = await ask(url, headers);
  if (good.status !== 200) return `answers ${good.status} to good credentials`;
  for (const field of fields) {
    if (good.body?.[field] !== answer[field]) return `says of the ${field} ${good.body?.[field]}`;
  }
  const bytes = JSON.stringify(answer).length;
  if (Math.abs(good.bytes - bytes) > bytes / 10) return `answers ${good.bytes} bytes, not ${bytes}`;
  if (open) return null;
  const refused = { none: {}, changed: changed(headers) };
  for (const [which, shown] of Object.entries(refused)) {
    const { status } = await ask(url, shown);
    if (status !== 401) return `answers ${status} to ${which} credentials`;
  }
  if (stranger === undefined) return null;
  const { status } = await ask(url, stranger);
  return [403, 404].includes(status) ? null : `answers ${status} to somebody without a grant`;
}

/** Of these subjects those that do what they should, and of the others what is wrong. */
export async function verified(subjects, expected) {
  const right = [];
  const leftOut = [];
  for (const subject of subjects) {
    const fault = await faultOf(subject, expected);
    if (fault === null) right.push(subject);
    else leftOut.push({ name: subject.name, why: fault });
  }
  for (const { name, why } of leftOut) console.log(`Not measured: ${name} (${why})`);
  return { right, leftOut };
}

/** For afterwards: who has fallen over meanwhile, or whose credentials have expired, was measured doing nothing. */
export async function stillRight(subjects, expected) {
  const { leftOut } = await verified(subjects, expected);
  if (leftOut.length > 0)
    throw new Error('Something was no longer right when it had been measured.');
}

/** On a connection of its own: one that is kept may be closed by the other end just when it is wanted again. */
const ask = (url, headers) =>
  new Promise((resolve, reject) => {
    get(url, { agent: false, headers }, async (answer) => {
      const body = await text(answer);
      resolve({ status: answer.statusCode, bytes: body.length, body: readJson(body) });
    }).on('error', reject);
  });

function readJson(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Each credential with another letter shortly before its end; of several cookies each. */
const changed = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.split('; ').map(withAnotherLetter).join('; '),
    ]),
  );

function withAnotherLetter(text) {
  let at = text.length - 8;
  while (!/^[^%]{2}[A-Za-z0-9]$/.test(text.slice(at - 2, at + 1))) at--;
  return `${text.slice(0, at)}${text[at] === 'b' ? 'c' : 'b'}${text.slice(at + 1)}`;
}
