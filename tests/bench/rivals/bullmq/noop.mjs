// BullMQ as a side of the queue bench: jobs that do nothing, put in before the worker starts.
//
//   node noop.mjs PORT JOBS CONCURRENCY      "items=N ns=N": from the worker's start to the last job's completion
import { Queue, Worker } from 'bullmq';

const [port, jobs, concurrency] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const queue = new Queue('bench', { connection });
for (let i = 0; i < jobs; i += 500) {
  await queue.addBulk(Array.from({ length: Math.min(500, jobs - i) }, (_, k) => ({
    name: 'noop', data: { item: i + k }, opts: { removeOnComplete: false },
  })));
}

const ended = new Set();
const worker = new Worker('bench', async () => {}, { connection, concurrency, autorun: false });
await worker.waitUntilReady();
const begun = process.hrtime.bigint();
const all = new Promise((resolve, reject) => {
  worker.on('completed', (job) => {
    if (ended.has(job.data.item)) reject(new Error(`job ${job.data.item} ended twice`));
    ended.add(job.data.item);
    if (ended.size === jobs) resolve();
  });
  worker.on('failed', (job, error) => reject(error));
});
worker.run();
await all;
console.log(`items=${ended.size} ns=${process.hrtime.bigint() - begun}`);
await worker.close();
await queue.close();
