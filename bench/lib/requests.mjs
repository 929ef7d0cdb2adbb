const post = (path, body, headers = '') =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const address = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

const kinds = {
  /** The same read with each of these headers in turn: `['Cookie: session=…']`. */
  read: ({ path, headers }) => {
    const texts = headers.map(
      (header) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\n\r\n`,
    );
    let n = 0;
    return { next: () => ({ text: texts[n++ % texts.length] }) };
  },

  /** Another person each time, from another address; `people`: after so many the first comes again. */
  person: ({ path, body, people = Infinity }) => {
    let n = 0;
    return {
      next: () => {
        const email = `u${n % people}@example.com`;
        const from = `X-Forwarded-For: ${address(n)}\r\n`;
        n++;
        return { text: post(path, JSON.stringify({ ...body, email }), from) };
      },
    };
  },

  /** Each token once; its successor waits behind all others. */
  refresh: ({ tokens }) => {
    const queue = [...tokens];
    let first = 0;
    return {
      next: () => {
        if (first === queue.length) return undefined;
        const text = post('/v1/auth/refresh', `{"refreshToken":"${queue[first]}"}`);
        if (++first === 1000) {
          queue.splice(0, first);
          first = 0;
        }
        return {
          text,
          answered: (_status, body) => {
            const token = /"refreshToken":"(\w+)"/.exec(body)?.[1];
            if (token !== undefined) queue.push(token);
          },
        };
      },
    };
  },
};

/** What a generator sends: `{ kind, … }` → `next()`, which gives `{ text, answered?(status, body) }`. */
export const requestsOf = ({ kind, ...rest }) => kinds[kind](rest);
