// The lives of a BullMQ queue: this process adds the jobs and forks the workers that do them. Settings are its one argument, as JSON; it writes a line of
// JSON to standard output for each thing that it has to tell: {completed}, and at the end {result}. It ends with its standard input.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const ADDS_PER_CALL = 500;
const TELL_MS = 10;

const settings = JSON.parse(process.argv[2]);

// In microseconds, of the system's monotonic clock: the same in every process of the machine.
const now = () => Number(process.hrtime.bigint() / 1_000n);

const connect = () => new Redis({ host: settings.host, port: settings.port, maxRetriesPerRequest: null });

// As many bytes of JSON as the settings say, with when the job was due to be added where latency is measured.
function data(due) {
  const bare = JSON.stringify({ due, text: '' }).length;
  return { due, text: 'x'.repeat(settings.payloadBytes - bare) };
}

function work() {
  const latencies = [];
  let completed = 0;
  let at = 0;
  const start = async job => {
    if (job.data.due !== undefined) latencies.push(now() - job.data.due);
    return 'done';
  };
  const worker = new Worker(settings.queue, start, { connection: connect(), concurrency: settings.concurrency });
  // Comes after Redis has acknowledged the completion.
  worker.on('completed', () => { completed++; at = now(); });
  worker.on('failed', (_, error) => { throw error; });
  setInterval(() => {
    if (completed > 0) process.send({ completed, at });
    completed = 0;
  }, TELL_MS);
  process.on('message', () => process.send({ latencies }));
  process.on('disconnect', () => process.exit());
  worker.waitUntilReady().then(() => process.send({ isReady: true }));
}

class Fleet {
  completed = 0;
  lastAt = 0;
  latencies = [];
  #ready = 0;
  #reports = 0;
  #waiting = [];

  constructor() {
    this.workers = Array.from({ length: settings.workers }, () => fork(fileURLToPath(import.meta.url), process.argv.slice(2)));
    for (const worker of this.workers) {
      worker.on('message', message => this.#hear(message));
      worker.on('exit', code => { throw new Error(`A worker has ended with code ${code}.`); });
    }
  }

  ready() { return this.#until(() => this.#ready === this.workers.length); }

  whenCompleted(count) { return this.#until(() => this.completed >= count); }

  async collectLatencies() {
    for (const worker of this.workers) worker.send('latencies');
    await this.#until(() => this.#reports === this.workers.length);
    return this.latencies;
  }

  #hear(message) {
    if (message.isReady) this.#ready++;
    if (message.latencies) {
      this.latencies = this.latencies.concat(message.latencies);
      this.#reports++;
    }
    if (message.completed) {
      this.completed += message.completed;
      this.lastAt = Math.max(this.lastAt, message.at);
      tell({ completed: this.completed });
    }
    this.#waiting = this.#waiting.filter(({ holds, resolve }) => !holds() || void resolve());
  }

  #until(holds) {
    return holds() ? Promise.resolve() : new Promise(resolve => this.#waiting.push({ holds, resolve }));
  }
}

// Seconds from the first add to the last completion.
async function live(queue, fleet, count) {
  const target = fleet.completed + count;
  const begun = now();
  for (let left = count; left > 0; left -= ADDS_PER_CALL) {
    await queue.addBulk(Array.from({ length: Math.min(left, ADDS_PER_CALL) }, () => ({ name: 'work', data: data() })));
  }
  await fleet.whenCompleted(target);
  return (fleet.lastAt - begun) / 1e6;
}

// Adds at a rate, whether or not earlier adds were answered, and tells each job when it was due.
async function addAtRate(queue, fleet, count) {
  const target = fleet.completed + count;
  const begun = now();
  const due = number => begun + Math.round(number * 1e6 / settings.rate);
  const adds = [];
  while (adds.length < count) {
    const left = due(adds.length) - now();
    // Timers are late by up to a millisecond: the rest of the wait goes over the event loop.
    await (left > 2_500 ? setTimeout(Math.floor(left / 1_000) - 1) : setImmediate());
    const until = now();
    while (adds.length < count && due(adds.length) <= until) adds.push(queue.add('work', data(due(adds.length))));
  }
  await Promise.all(adds);
  await fleet.whenCompleted(target);
}

async function measure() {
  process.stdin.on('close', () => process.exit()).resume();
  const queue = new Queue(settings.queue, { connection: connect() });
  const fleet = new Fleet();
  await fleet.ready();
  await live(queue, fleet, settings.warmUp);
  const seconds = await live(queue, fleet, settings.tasks);
  if (settings.timed > 0) await addAtRate(queue, fleet, settings.timed);
  const latencies = await fleet.collectLatencies();
  const stored = await queue.getCompletedCount();
  tell({ result: { seconds, latencies, stored, node: process.version, bullmq: version('bullmq'), ioredis: version('ioredis') } }, () => process.exit());
}

const version = name => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

const tell = (what, told) => process.stdout.write(`${JSON.stringify(what)}\n`, told);

// Only a forked process can send.
if (process.send) work();
else await measure();
