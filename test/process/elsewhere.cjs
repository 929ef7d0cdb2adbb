/**
 * The Internet, for a server that a test starts with `--require`: the host of ELSEWHERE (`id.example=8080`) has a public
 * address, and whoever goes there ends at this port of this machine, without TLS. Whether it may go there is asked as ever.
 */
const dns = require('node:dns');
const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');

const [HOST, PORT] = process.env.ELSEWHERE.split('=');
const PUBLIC = [{ address: '8.8.8.8', family: 4 }];
const { lookup } = dns;
const { request } = https;

dns.lookup = (host, ...rest) =>
  host === HOST ? process.nextTick(rest.at(-1), null, PUBLIC) : lookup(host, ...rest);

https.request = (url, options, callback) => {
  const { hostname, pathname, search } = new URL(url);
  if (hostname !== HOST) return request(url, options, callback);
  const arrive = (name, how, done) =>
    options.lookup(name, how, (error) => {
      if (error) done(error, []);
      else if (how.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
      else done(null, '127.0.0.1', 4);
    });
  const there = `http://${HOST}:${PORT}${pathname}${search}`;
  return http.request(there, { ...options, lookup: arrive }, callback);
};

syncBuiltinESMExports();
