// Answers how many tasks have reached the thread; dies of some passwords.
'use strict';
let tasks = 0;

exports.derive = ({ password }) => {
  if (password === 'exit') process.exit(1);
  if (password === 'hoard') for (const hoard = []; ;) hoard.push(new Array(1e5).fill(1.5));
  if (password === 'throw') throw new Error('thrown by the task');
  tasks += 1;
  return tasks;
};
