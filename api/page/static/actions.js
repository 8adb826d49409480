/** What can be done with a recording as it stands. */

import { button, make } from './dom.js';
import { cancel, erase, follow, send } from './journey.js';
import { isFinal } from './problems.js';
import { say } from './words.js';

const SURE_MS = 4000;

/**
 * @param {import('./recording.js').Recording} recording
 * @param {{onErased: () => void}} options
 * @returns {{element: HTMLElement, show: () => void}}
 */
export function createActions(recording, { onErased }) {
  const sendIt = button('job.send', () => send(recording), { class: 'primary' });
  const cancelIt = button('job.cancel', () => cancel(recording));
  const retry = button('job.retry', () => follow(recording));
  const download = button('job.download', () => save(recording));
  const remove = twice('job.delete', 'job.delete.sure', async () => {
    if (await erase(recording)) onErased();
  });
  const drop = button('job.remove', async () => {
    if (await erase(recording)) onErased();
  });
  const element = make(
    'div',
    { class: 'actions' },
    sendIt,
    cancelIt,
    retry,
    download,
    remove,
    drop,
  );
  const show = () => {
    const { state, travels, sendable, canceling, problem, job } = recording;
    sendIt.hidden = !sendable || isFinal(problem ?? job?.error);
    say(sendIt, state === 'draft' ? 'job.send' : 'job.sendAgain');
    cancelIt.hidden = !travels;
    cancelIt.disabled = canceling;
    retry.hidden = !(state === 'asking' && problem);
    download.hidden = state !== 'succeeded';
    drop.hidden = state !== 'gone';
    remove.hidden = state === 'gone' || travels;
  };
  return { element, show };
}

/** A button to be pressed twice, so that nothing is lost by a slip. */
function twice(words, sureWords, act) {
  let timer;
  const calm = () => {
    clearTimeout(timer);
    one.classList.remove('sure');
    say(one, words);
  };
  const press = () => {
    if (one.classList.contains('sure')) {
      calm();
      act();
      return;
    }
    one.classList.add('sure');
    say(one, sureWords);
    timer = setTimeout(calm, SURE_MS);
  };
  const one = button(words, press, { class: 'quiet' });
  one.addEventListener('blur', calm);
  return one;
}

function save({ job, name }) {
  const blob = new Blob([`${JSON.stringify(job, null, 2)}\n`], { type: 'application/json' });
  const url = URL.createObjectURL(blob);
  make('a', { href: url, download: `${name}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
