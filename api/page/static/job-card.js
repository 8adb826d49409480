/** One recording on the screen: its name, how it fares, its answer, and what can be done with it. */

import { createAnswer } from './answer.js';
import { createActions } from './actions.js';
import { announce, make } from './dom.js';
import { remember } from './jobs.js';
import { LIMITS } from './limits.js';
import { createPlayer } from './player.js';
import { problemWords } from './problems.js';
import { waitingJobs } from './status.js';
import { clock, percent, say, seconds, t } from './words.js';

/**
 * @param {import('./recording.js').Recording} recording
 * @param {{onErased: () => void}} options onErased: it is to go from the list
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createJobCard(recording, { onErased }) {
  const { blob, durationS } = recording;
  const player = blob?.size ? createPlayer(blob, durationS) : null;
  const chip = make('span', { class: 'chip' });
  const bar = make('progress', { max: '1', label: 'job.progress' });
  const note = make('p', { class: 'note' });
  const place = make('div', {});
  const actions = createActions(recording, { onErased });
  const element = make(
    'li',
    { class: 'card job' },
    make('div', { class: 'row' }, nameInput(recording), chip),
    when(recording),
    player?.element,
    bar,
    note,
    place,
    actions.element,
  );
  let answer = null;

  const show = () => {
    const { state, job } = recording;
    element.dataset.state = state;
    say(chip, ...stateWords(recording));
    bar.hidden = state !== 'uploading';
    bar.value = recording.progress;
    const words = noteWords(recording);
    note.hidden = !words;
    if (words) say(note, ...words);
    if (state === 'succeeded' && !answer) {
      answer = createAnswer(job, { player });
      place.append(answer.element);
    } else if (state !== 'succeeded' && state !== 'gone') clearAnswer();
    actions.show();
  };
  const clearAnswer = () => {
    answer?.destroy();
    answer = null;
    place.replaceChildren();
  };
  let told = recording.state;
  const tell = () => {
    if (recording.state !== told && told !== 'asking') announceEnd(recording);
    told = recording.state;
  };
  const changed = () => {
    show();
    tell();
  };
  const recount = () => recording.state === 'queued' && show();
  recording.addEventListener('change', changed);
  document.addEventListener('statuschange', recount);
  show();
  return {
    element,
    destroy() {
      recording.removeEventListener('change', changed);
      document.removeEventListener('statuschange', recount);
      clearAnswer();
      player?.destroy();
      element.remove();
    },
  };
}

function nameInput(recording) {
  const input = make('input', {
    class: 'name',
    label: 'job.name',
    maxlength: '80',
    spellcheck: 'false',
    on: {
      change: () => {
        recording.name = input.value.trim() || recording.name;
        input.value = recording.name;
        if (recording.jobId) remember(recording);
        recording.change({});
      },
      keydown: (event) => event.key === 'Enter' && input.blur(),
    },
  });
  input.value = recording.name;
  return input;
}

function when({ at, durationS }) {
  const values = { time: () => clock(at), duration: () => seconds(durationS ?? 0) };
  return make('p', { class: 'small', words: [durationS ? 'job.whenLong' : 'job.when', values] });
}

function stateWords(recording) {
  const { state, progress, canceling } = recording;
  if (canceling && recording.travels) return ['state.canceling'];
  const count = waitingJobs();
  if (state === 'queued' && count) return ['state.queued', { count }];
  if (state === 'queued') return ['state.next'];
  return [`state.${state}`, { share: () => percent(progress) }];
}

function noteWords(recording) {
  const { state, problem, away, job, blob } = recording;
  if (state === 'gone') return ['state.gone.why', LIMITS];
  if (problem && state !== 'waiting') return problemWords(problem);
  if (problem?.code) return problemWords(problem);
  if (away) return [state === 'waiting' ? 'state.away.sending' : 'state.away'];
  if (state === 'failed') return problemWords(job.error);
  if (state === 'succeeded' && !blob) return ['job.soundGone'];
  return null;
}

function announceEnd(recording) {
  const { name, state, job } = recording;
  if (state === 'succeeded') {
    const diagnosis = t(`answer.${job.result.diagnosis}`);
    announce(t('answer.announced', { name, diagnosis, score: percent(job.result.score) }));
  } else if (state === 'failed' || state === 'refused') {
    announce(t('answer.announced.failed', { name, why: t(...noteWords(recording)) }));
  } else if (state === 'canceled') announce(`${name}: ${t('state.canceled')}`);
}
