// A CPU profile of V8 as a flame graph: each box is a function, as wide as the time in it and in what it called.
const [WIDTH, ROW] = [1200, 17];
/** Per cent of the whole below which a box is left out. */
const LEAST = 0.4;

/** `seconds`: only the last so many are shown, since a start is another story. */
export function flameGraph(profile, { title, seconds }) {
  const root = fold(profile, seconds);
  const boxes = [];
  let deepest = 0;
  const draw = (node, left, depth) => {
    const share = (100 * node.time) / root.time;
    if (share < LEAST) return;
    deepest = Math.max(deepest, depth);
    boxes.push({ node, left, depth, share });
    let at = left;
    for (const child of [...node.children.values()].sort((a, b) => b.time - a.time)) {
      draw(child, at, depth + 1);
      at += (WIDTH * child.time) / root.time;
    }
  };
  draw(root, 0, 0);
  const height = (deepest + 3) * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="6" y="13">${escape(title)}</text>
${boxes.map((box) => drawn(box, height)).join('\n')}
</svg>
`;
}

/** One tree of all stacks, with microseconds; idle time is nobody's. */
function fold({ nodes, samples, timeDeltas, startTime, endTime }, seconds) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) for (const id of node.children ?? []) byId.get(id).parent = node;
  const root = { name: 'all', time: 0, children: new Map() };
  let now = startTime;
  samples.forEach((id, i) => {
    now += timeDeltas[i];
    if (now < endTime - seconds * 1e6) return;
    const stack = [];
    for (let node = byId.get(id); node.parent !== undefined; node = node.parent) {
      stack.push(nameOf(node.callFrame));
    }
    if (stack.at(-1) === '(idle)') return;
    const time = timeDeltas[i + 1] ?? 0;
    let at = root;
    at.time += time;
    for (const name of stack.reverse()) {
      if (!at.children.has(name)) at.children.set(name, { name, time: 0, children: new Map() });
      at = at.children.get(name);
      at.time += time;
    }
  });
  return root;
}

function nameOf({ functionName, url }) {
  const file = /(?:node_modules\/|dist\/|bench\/|node:)(.*)$/.exec(url)?.[1];
  return `${functionName || '(anonymous)'}${file === undefined ? '' : ` ${file}`}`;
}

/** What is ours stands out. */
function drawn({ node, left, depth, share }, height) {
  const width = (WIDTH * share) / 100;
  const y = height - (depth + 1) * ROW;
  const letters = Math.floor((width - 6) / 5.6);
  const text = letters < 4 ? '' : node.name.slice(0, letters);
  const ours = /\.js$/.test(node.name) && !/@|fastify|lru-cache|internal/.test(node.name);
  return `<g><title>${escape(node.name)}: ${share.toFixed(1)} %</title><rect x="${left.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${ours ? '#f4a259' : '#c9d6df'}"/><text x="${(left + 3).toFixed(1)}" y="${y + 12}">${escape(text)}</text></g>`;
}

const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
