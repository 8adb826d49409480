/** A recording's way: sent, queued, diagnosed, or canceled and forgotten. */

import { Problem, followJob, hasEnded, persist, request } from './api.js';
import { forget, remember } from './jobs.js';
import { askForKey } from './key.js';
import { newKey } from './recording.js';
import { Slots } from './slots.js';
import { upload } from './upload.js';

// A browser opens six connections to one server: some are left for everything else.
const uploads = new Slots(2);
const streams = new Slots(3);

/** @typedef {import('./recording.js').Recording} Recording */

/** Sends it and follows its job to the end. @param {Recording} recording */
export async function send(recording) {
  const signal = recording.begin();
  if (recording.jobId) {
    forget(recording); // a new attempt is a new job
    recording.change({ jobId: null, job: null, idempotencyKey: newKey() });
  }
  recording.change({ state: 'waiting', problem: null, progress: 0, canceling: false });
  let job;
  try {
    job = await uploadUntilTaken(recording, signal);
  } catch (problem) {
    if (signal.aborted) recording.change({ state: 'draft', problem: null, away: false });
    else recording.change({ state: 'refused', problem, away: false });
    return;
  }
  recording.change({ jobId: job.id, job, state: job.status, away: false });
  remember(recording);
  await follow(recording);
}

/** Follows its job to the end. @param {Recording} recording */
export async function follow(recording) {
  const signal = recording.begin();
  const id = recording.jobId ?? '';
  const onChange = (job) =>
    recording.change({ job, state: job.status, away: false, problem: null });
  const onAway = () => recording.change({ away: true });
  recording.change({ problem: null });
  try {
    // A job of before the reload may have ended long ago: that is not to wait for a stream.
    if (!recording.job) onChange(await persist(() => read(id, signal), { signal, onFailure: onAway }));
    if (hasEnded(recording.job)) return;
    await streams.use(signal, () => followJob(id, { signal, onChange, onAway }));
  } catch (problem) {
    if (signal.aborted) return;
    if (problem instanceof Problem && problem.status === 404) recording.change({ state: 'gone' });
    else recording.change({ state: 'asking', problem, away: false });
  }
}

/** Ends what is under way. @param {Recording} recording */
export async function cancel(recording) {
  if (!recording.jobId) {
    recording.stop.abort();
    return;
  }
  recording.change({ canceling: true, problem: null });
  try {
    await request(`v1/jobs/${recording.jobId}/cancel`, { method: 'POST' });
  } catch (problem) {
    // Too late, or gone: the stream tells.
    const late = problem instanceof Problem && [404, 409].includes(problem.status);
    recording.change({ canceling: false, problem: late ? null : problem });
  }
}

/**
 * Forgets it, here and on the server.
 *
 * @param {Recording} recording
 * @returns {Promise<boolean>} whether that was done
 */
export async function erase(recording) {
  try {
    if (recording.jobId && recording.state !== 'gone') await eraseJob(recording.jobId);
  } catch (problem) {
    recording.change({ problem });
    return false;
  }
  recording.stop.abort();
  forget(recording);
  return true;
}

async function eraseJob(id) {
  try {
    await request(`v1/jobs/${id}`, { method: 'DELETE' });
  } catch (problem) {
    if (!(problem instanceof Problem && problem.status === 404)) throw problem;
  }
}

async function read(id, signal) {
  const response = await request(`v1/jobs/${id}`, { signal, unasked: true });
  return response.json();
}

/** While the service is away or full, it is sent again; by its key it becomes one job only. */
function uploadUntilTaken(recording, signal) {
  const onFailure = (problem) => recording.change({ state: 'waiting', away: true, problem });
  return persist(() => uploads.use(signal, () => uploadOnce(recording, signal)), {
    signal,
    onFailure,
  });
}

async function uploadOnce(recording, signal) {
  recording.change({ state: 'uploading', progress: 0, away: false, problem: null });
  const { blob, idempotencyKey } = recording;
  const onProgress = (progress) => recording.change({ progress });
  for (;;) {
    try {
      return await upload(blob, { idempotencyKey, signal, onProgress });
    } catch (error) {
      const locked = error instanceof Problem && error.status === 401;
      if (!locked || !(await askForKey())) throw error;
    }
  }
}
